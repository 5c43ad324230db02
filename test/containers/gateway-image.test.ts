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
    expect((await container.exec(['sh', '-c', 'ls -d node_modules/vitest node_modules/typescript src test .git 2>/dev/null | wc -l'])).output.trim()).toBe('0');
    expect((await container.exec(['node', '-e', 'fetch(process.env.GWCTL_HEALTH_URL).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))'])).exitCode).toBe(1);
  } finally {
    await container.stop();
  }
});
