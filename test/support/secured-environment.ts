import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createAuthority } from './certificates.ts';
import { ONE_BROKER_EACH, reserveEnvironment, type GwctlOptions, type GwctlResult, type RunningGwctl, type TestEnvironment } from './environment.ts';

const GWCTL = new URL('../../bin/gwctl.js', import.meta.url).pathname;
const PASSWORD = 'a-password-of-gwctl';
/** Of the listener that wants TLS and credentials, beside the plain one of the local runtime. */
const LISTENER_DISTANCE = 5;

/** What a gwctl.yaml says of an environment that somebody else runs. */
export interface OutsideView {
  readonly name: string;
  readonly runtime: 'external';
  readonly clusters: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly security: Readonly<Record<string, unknown>> }>>;
  readonly gateways: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly failover: Readonly<Record<string, unknown>>;
  readonly links?: readonly Readonly<Record<string, unknown>>[];
}

/**
 * An environment of the local runtime with TLS on every port that is used from outside, and credentials on those of the brokers; and a second gwctl.yaml
 * that knows of it what an outsider is told: bootstrap servers, admin URLs, an authority, an account.
 */
export interface SecuredEnvironment {
  readonly environment: TestEnvironment;
  readonly view: OutsideView;
  /** How the MirrorMaker of the environment is ended and started by whoever runs it, as links[].process takes it. */
  readonly process: { readonly hold: readonly string[]; readonly release: readonly string[] };
  /** Trusted by nobody. */
  readonly otherCaFile: string;
  /** gwctl from outside; `view`: with another gwctl.yaml than that. */
  gwctl(args: readonly string[], view?: OutsideView, options?: GwctlOptions): Promise<GwctlResult>;
  /** The same; `file`: of the folder of the environment, in place of that gwctl.yaml. */
  startGwctl(args: readonly string[], options?: GwctlOptions, file?: string): RunningGwctl;
  dispose(): Promise<void>;
}

export async function startSecuredEnvironment(): Promise<SecuredEnvironment> {
  const authority = createAuthority();
  const other = createAuthority();
  const environment = await reserveEnvironment(ONE_BROKER_EACH);
  const { topology, stateDir, portOffset } = environment;
  const node = authority.issue('node');
  const broker = authority.issue('broker', { names: 'DNS:localhost' });
  const keystore = join(authority.folder, 'keystore.pem');
  writeFileSync(keystore, readFileSync(broker.keyFile, 'utf8') + readFileSync(broker.certFile, 'utf8'), { mode: 0o600 });
  const portOf = (cluster: string): number => topology.clusters.find(({ name }) => name === cluster)?.brokers[0]?.port ?? 0;

  const clusters = Object.fromEntries(topology.clusters.map(({ name, brokers: [first] }) => {
    const { port = 0, controllerPort = 0 } = first ?? {};
    const config = {
      listeners: `CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort},OUTSIDE://127.0.0.1:${port + LISTENER_DISTANCE}`,
      'advertised.listeners': `CLIENT://localhost:${port},OUTSIDE://localhost:${port + LISTENER_DISTANCE}`,
      'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,OUTSIDE:SASL_SSL',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.outside.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required user_gwctl="${PASSWORD}";`,
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keystore,
    };
    return [name, { brokers: 1, port: port - portOffset, controllerPort: controllerPort - portOffset, config }];
  }));
  const own = { cert: node.certFile, key: node.keyFile, ca: authority.caFile };
  const failover = { pauseBudget: '15s' };
  await writeFile(join(stateDir, 'gwctl.yaml'), stringify({ clusters, gateways: { gateway1: { tls: own, adminTls: own }, gateway2: { tls: own, adminTls: own } }, failover }));

  const view: OutsideView = {
    name: 'seen-from-outside',
    runtime: 'external',
    clusters: Object.fromEntries(topology.clusters.map(({ name, role }) => [name, {
      role, bootstrap: `localhost:${portOf(name) + LISTENER_DISTANCE}`,
      security: { protocol: 'SASL_SSL', mechanism: 'PLAIN', username: 'gwctl', password: 'env:OUTSIDE_PASSWORD', ca: authority.caFile },
    }])),
    gateways: Object.fromEntries(topology.gateways.map(({ name, ports, admin }) => [name, { port: ports[0]?.port, brokerPorts: 1, adminUrl: `https://localhost:${admin.port}`, adminTls: { ca: authority.caFile }, tls: { ca: authority.caFile } }])),
    failover,
  };
  // Ending it is one kill, as an operator's own script would do it; `up` starts what is not running.
  const pidFile = join(environment.dir, 'mirror-maker', 'pid.json');
  const hold = `const { pid } = JSON.parse(require('node:fs').readFileSync(${JSON.stringify(pidFile)}, 'utf8')); try { for (process.kill(pid, 'SIGKILL'); ; ) process.kill(pid, 0); } catch {}`;
  const up = ['up', '--no-gateways', '--config', join(stateDir, 'gwctl.yaml'), '--runtime', 'local', '--port-offset', `${portOffset}`, '--state-dir', stateDir];
  const outside = join(stateDir, 'outside.yaml');
  await writeFile(outside, stringify(view));
  const withOutside = (options: GwctlOptions): GwctlOptions => ({ ...options, env: { GWCTL_PORT_OFFSET: '0', OUTSIDE_PASSWORD: PASSWORD, ...options.env } });
  const dispose = async (): Promise<void> => {
    await environment.dispose();
    authority.dispose();
    other.dispose();
  };
  const { exitCode, stderr } = await environment.gwctl(['up']);
  if (exitCode !== 0) {
    await dispose().catch(() => {});
    throw new Error(`gwctl up: exit ${exitCode}\n${stderr}`);
  }
  return {
    environment,
    view,
    process: { hold: [process.execPath, '-e', hold], release: [process.execPath, GWCTL, ...up] },
    otherCaFile: other.caFile,
    gwctl: async (args, changed, options = {}) => {
      const file = changed === undefined ? outside : join(stateDir, 'changed.yaml');
      if (changed !== undefined) await writeFile(file, stringify(changed));
      return await environment.gwctl([...args, '--config', file], withOutside(options));
    },
    startGwctl: (args, options = {}, file = 'outside.yaml') => environment.startGwctl([...args, '--config', join(stateDir, file)], withOutside(options)),
    dispose,
  };
}
