import { execa } from 'execa';
import { GenericContainer, Wait } from 'testcontainers';
import { expect, test } from 'vitest';

/** The image that `up` builds; made here as well, so that this file runs alone. */
test('the gateway\'s image is small enough, runs as node, and is unhealthy while no node runs in it', async () => {
  const image = await GenericContainer.fromDockerfile(new URL('../../', import.meta.url).pathname, 'compose/gateway/Dockerfile').withCache(true).build('gwctl-gateway-test:latest', { deleteOnExit: false });
  const container = await image.withEntrypoint(['sleep', '300']).withWaitStrategy(Wait.forSuccessfulCommand('true')).start();
  try {
    expect((await container.exec(['id', '-un'])).output.trim()).toBe('node');
    expect((await container.exec(['node', 'bin/gwctl.js', '--version'])).output).toMatch(/^\d+\.\d+\.\d+/);
    expect((await container.exec(['sh', '-c', 'touch /var/lib/gwctl/x && ! touch /opt/gwctl/x'])).exitCode).toBe(0);
    expect((await container.exec(['sh', '-c', 'ls'])).output.trim().split(/\s+/)).toEqual(['bin', 'dist', 'package.json']);
    const { stdout } = await execa('docker', ['image', 'inspect', '--format', '{{json .Config.Healthcheck.Test}}', 'gwctl-gateway-test:latest']);
    const [, ...healthcheck] = JSON.parse(stdout) as string[];
    expect((await container.exec(healthcheck)).exitCode).toBe(1);
    // The control: with something that answers there, the same command says so.
    const answer = `require('node:http').createServer((request, response) => response.writeHead(request.url === '/health' ? 200 : 404).end()).listen(8888, '127.0.0.1', () => require('node:child_process').spawn(${JSON.stringify(healthcheck[0])}, ${JSON.stringify(healthcheck.slice(1))}).on('exit', (code) => process.exit(code)))`;
    expect((await container.exec(['node', '-e', answer])).exitCode).toBe(0);
  } finally {
    await container.stop();
  }
});
