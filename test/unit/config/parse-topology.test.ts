import { describe, expect, test } from 'vitest';
import { parseTopology } from '../../../src/config/parse-topology.ts';
import { GwctlError } from '../../../src/shared/errors.ts';

function diagnosticsOf(text: string, portOffset = 0): readonly string[] {
  try {
    parseTopology(text, { fileName: 'gwctl.yaml', portOffset, baseDir: '/etc/gwctl' });
    return [];
  } catch (reason) {
    if (!(reason instanceof GwctlError) || reason.code !== 'CONFIG') throw reason;
    return reason.message.split('\n');
  }
}

const twoLinks = (first: string, second: string) => `links:\n  - {from: main, to: failover, ${first}}\n  - ${second}\n`;

const OUTSIDE = 'runtime: external\nclusters: {main: {bootstrap: "h:1"}, failover: {bootstrap: "h:2"}}\n';

describe('a value by itself', () => {
  test.each([
    { name: 'a port out of range', text: 'gateways:\n  gateway1:\n    port: 99999\n', says: ['gwctl.yaml:3:11: error: gateways.gateway1.port: 99999 is not a port (1 to 65535)'] },
    { name: 'a port that is text', text: 'clusters:\n  main: {port: "29092"}\n', says: ['gwctl.yaml:2:16: error: clusters.main.port: "29092" is not a port (1 to 65535)'] },
    { name: 'an unknown key near a known one', text: 'clusters:\n  main:\n    prot: 29092\n', says: ['gwctl.yaml:3:5: error: clusters.main.prot: unknown key (did you mean "port"?)'] },
    { name: 'an unknown key near none', text: 'kafka: {flavour: 3}\n', says: ['gwctl.yaml:1:9: error: kafka.flavour: unknown key (known: version)'] },
    { name: 'an unknown section', text: 'gatways: {}\n', says: ['gwctl.yaml:1:1: error: gatways: unknown key (did you mean "gateways"?)'] },
    { name: 'another version of the file', text: 'version: 2\n', says: ['gwctl.yaml:1:10: error: version: 2 is not a known version of this file (1)'] },
    { name: 'a Kafka version that YAML reads as a number', text: 'kafka: {version: 4.3}\n', says: ['gwctl.yaml:1:18: error: kafka.version: 4.3 is not a version like 4.3.1'] },
    { name: 'a word that is not allowed', text: 'runtime: podman\n', says: ['gwctl.yaml:1:10: error: runtime: "podman" is not one of auto, local, docker, external'] },
    { name: 'a link without its target', text: 'links:\n  - {from: main}\n', says: ['gwctl.yaml:2:5: error: links[0].to: missing'] },
    { name: 'a cluster name with a space', text: 'clusters:\n  main: {}\n  "my dr": {port: 1}\n', says: ['gwctl.yaml:3:3: error: clusters["my dr"]: is not a cluster name (a letter, then letters, digits, - and _)'] },
    { name: 'a section that is a list', text: 'clusters: [main]\n', says: ['gwctl.yaml:1:11: error: clusters: a list is not a section with keys and values'] },
    { name: 'a hold that clients would not survive', text: 'gateway: {holdMs: 25001}\n', says: ['gwctl.yaml:1:19: error: gateway.holdMs: 25001 is not a whole number from 100 to 25000'] },
    { name: 'a duration without unit', text: 'failover: {pauseBudget: "20"}\n', says: ['gwctl.yaml:1:25: error: failover.pauseBudget: "20" is not a duration like 500ms, 20s or 2m'] },
    { name: 'a deadline that is none', text: 'failover: {deadlines: {commit: 0s}}\n', says: ['gwctl.yaml:1:32: error: failover.deadlines.commit: "0s" is not a duration like 500ms, 20s or 2m'] },
    { name: 'a file that is not a map', text: '- main\n', says: ['gwctl.yaml:1:1: error: a list is not a section with keys and values'] },
    { name: 'a key given twice', text: 'name: a\nname: b\n', says: ['gwctl.yaml:2:1: error: map keys must be unique'] },
    { name: 'YAML that does not end', text: 'clusters: {main: {port: 1}\n', says: [expect.stringMatching(/^gwctl\.yaml:2:1: error: flow map .*must .*end/)] },
    { name: 'bootstrap without ports', text: 'runtime: external\nclusters: {main: {bootstrap: h1}, failover: {bootstrap: "h2:99999"}}\n', says: [
      'gwctl.yaml:2:30: error: clusters.main.bootstrap: "h1" is not a list like "host1:9092,host2:9092"',
      'gwctl.yaml:2:57: error: clusters.failover.bootstrap: "h2:99999" is not a list like "host1:9092,host2:9092"',
    ] },
  ])('$name is named with its place', ({ text, says }) => expect(diagnosticsOf(text)).toEqual(says));
});

describe('values that do not fit together', () => {
  test.each([
    { name: 'no primary', text: 'clusters: {failover: {}}\n', says: ['1:11: error: clusters: no cluster has the role primary (exactly one must)'] },
    { name: 'two primaries', text: 'clusters: {main: {}, failover: {role: primary}}\n', says: ['1:39: error: clusters.failover.role: failover is primary, but main is already (exactly one must be)'] },
    { name: 'a link to nowhere', text: 'links: [{from: main, to: failovr}]\n', says: ['1:26: error: links[0].to: no cluster named "failovr" (did you mean "failover"?)'] },
    { name: 'a link and its way back', text: twoLinks('topics: a', '{from: failover, to: main}'), says: ['3:5: error: links[1]: failover->main closes a cycle (main -> failover -> main): every record would be copied for ever'] },
    { name: 'a link to itself', text: 'links: [{from: main, to: main}]\n', says: ['1:9: error: links[0]: main->main closes a cycle (main -> main): every record would be copied for ever'] },
    { name: 'a link twice', text: twoLinks('topics: a', '{from: main, to: failover}'), says: ['3:5: error: links[1]: main->failover is there twice'] },
    { name: 'an expression that does not compile', text: 'links: [{from: main, to: failover, topics: "a,(b"}]\n', says: ['1:44: error: links[0].topics: "a,(b" is not a regular expression (unterminated group)'] },
    { name: 'clusters on the same ports, said once a listener', text: 'clusters: {main: {}, failover: {port: 29093}}\n', says: [
      '1:32: error: clusters.failover.controllerPort: controller 1 of failover would get port 29193, which controller 2 of main has (clusters.main.controllerPort)',
      '1:39: error: clusters.failover.port: broker 1 of failover would get port 29093, which broker 2 of main has (clusters.main.port)',
    ] },
    { name: 'a gateway in the ports derived for another', text: 'gateways: {gateway1: {}, gateway2: {port: 6971}}\n', says: ['1:43: error: gateways.gateway2.port: port 1 of gateway2 would get port 6971, which port 3 of gateway1 has (gateways.gateway1.port)'] },
    { name: 'an admin port among the gateway ports', text: 'gateways: {gateway1: {adminPort: 6970}}\n', says: ['1:34: error: gateways.gateway1.adminPort: admin port of gateway1 would get port 6970, which port 2 of gateway1 has (gateways.gateway1.port)'] },
    { name: 'a registry on the port of a gateway', text: 'schemaRegistry: {enabled: true, port: 8888}\n', says: ['1:39: error: schemaRegistry.port: schema registry would get port 8888, which admin port of gateway1 has (gateways.gateway1.adminPort)'] },
    { name: 'a cluster of its own name without port', text: 'clusters: {main: {}, dr: {}}\n', says: ['1:26: error: clusters.dr.port: missing (only main and failover have a default)'] },
    { name: 'the last derived port out of range', text: 'clusters: {main: {port: 65534}, failover: {}}\n', says: [
      '1:18: error: clusters.main.controllerPort: controller 1 of main would get 65634, not a port (1 to 65535)',
      '1:25: error: clusters.main.port: broker 3 of main would get 65536, not a port (1 to 65535)',
    ] },
    { name: 'fewer gateway ports than brokers', text: 'gateways: {gateway1: {brokerPorts: 2}}\n', says: ['1:36: error: gateways.gateway1.brokerPorts: 2 ports are fewer than the highest node id (3, of main): one port for each is needed'] },
    { name: 'no worker at all', text: 'gateways: {gateway1: {workers: 0}}\n', says: ['1:32: error: gateways.gateway1.workers: 0 is not a whole number from 1 to 64'] },
    { name: 'a worker too many', text: 'gateways: {gateway1: {workers: 65}}\n', says: ['1:32: error: gateways.gateway1.workers: 65 is not a whole number from 1 to 64'] },
    { name: 'a log format that does not exist', text: 'gateway: {logFormat: xml}\n', says: ['1:22: error: gateway.logFormat: "xml" is not one of text, json'] },
    { name: 'the default password in the open', text: 'gateways: {gateway1: {bindHost: 0.0.0.0}}\n', says: [expect.stringContaining('1:33: error: gateways.gateway1.bindHost: 0.0.0.0 can be reached from other machines while the admin password is the default')] },
    { name: 'a pause as long as the hold', text: 'failover: {pauseBudget: 25s}\n', says: ['1:25: error: failover.pauseBudget: 25000 ms is not shorter than gateway.holdMs (25000 ms): held writes would be refused before the switch gives up'] },
    { name: 'deadlines that are more than the pause budget together', text: 'failover: {pauseBudget: 10s, deadlines: {drain: 4s, proveTail: 7s}}\n', says: ['1:41: error: failover.deadlines: pause 0 ms, drain 4000 ms, proveTail 7000 ms, moveGroups 0 ms are more than failover.pauseBudget together (10000 ms)'] },
    { name: 'deadlines that leave nothing for the others', text: 'failover: {pauseBudget: 10s, deadlines: {proveTail: 10s}}\n', says: ['1:41: error: failover.deadlines: pause 0 ms, drain 0 ms, proveTail 10000 ms, moveGroups 0 ms: nothing of failover.pauseBudget (10000 ms) is left for one of them'] },
    { name: 'a wait for groups that a node refuses', text: 'failover: {deadlines: {drainGroups: 61s}}\n', says: ['1:37: error: failover.deadlines.drainGroups: 61000 ms is more than a node waits for the members of groups (60000 ms)'] },
    { name: 'a burst without a rate', text: 'gateway: {limits: {requestBurst: 5}}\n', says: ['1:34: error: gateway.limits.requestBurst: 5 limits nothing without requestsPerSecond'] },
    { name: 'a burst of one tenant without a rate', text: 'gateway: {tenantLimits: {teamA: {requestBurst: 5}}}\n', says: ['1:48: error: gateway.tenantLimits.teamA.requestBurst: 5 limits nothing without requestsPerSecond'] },
    { name: 'a tenant that is the beginning of another', text: 'virtualClusters: [teamA, team]\n', says: ['1:26: error: virtualClusters[1]: team is the beginning of teamA: their topics could not be told apart'] },
    { name: 'a tenant twice', text: 'virtualClusters: [teamA, teamA]\n', says: ['1:26: error: virtualClusters[1]: teamA is there twice'] },
    { name: 'an external runtime without addresses', text: 'runtime: external\n', says: [
      '1:1: error: clusters.main.bootstrap: missing (runtime external needs the bootstrap servers of every cluster)',
      '1:1: error: clusters.failover.bootstrap: missing (runtime external needs the bootstrap servers of every cluster)',
    ] },
    { name: 'addresses in a local runtime', text: 'clusters: {main: {bootstrap: "h:1"}, failover: {}}\ngateways: {gateway1: {}}\n', says: ['1:30: error: clusters.main.bootstrap: only runtime external takes bootstrap servers, and the runtime is auto'] },
    { name: 'a driver that does not exist', text: 'gateway: {driver: envoy}\n', says: ['1:19: error: gateway.driver: "envoy" is not one of builtin, conduktor'] },
    { name: 'a topic of proofs that the nodes of gwctl do not take', text: 'gateway: {canary: {topic: proofs}}\n', says: ['1:19: error: gateway.canary: has no meaning while every node has the driver builtin'] },
    { name: 'an admin URL with a path', text: `${OUTSIDE}gateways: {gateway1: {adminUrl: "https://h:8888/admin"}}\n`, says: ['3:33: error: gateways.gateway1.adminUrl: "https://h:8888/admin" is not a URL like https://host:8888, without user, path or query'] },
    { name: 'an admin URL of a node that gwctl runs', text: 'gateways: {gateway1: {adminUrl: "https://h:8888"}}\n', says: ['1:33: error: gateways.gateway1.adminUrl: only runtime external takes it, and the runtime is auto'] },
    { name: 'an admin URL beside a port', text: `${OUTSIDE}gateways: {gateway1: {adminUrl: "https://h:8888", adminPort: 8888}}\n`, says: ['3:62: error: gateways.gateway1.adminPort: has no meaning beside adminUrl, which names the port'] },
    { name: 'TLS of an admin URL without it', text: `${OUTSIDE}gateways: {gateway1: {adminUrl: "http://h:8888", adminTls: {}}}\n`, says: ['3:60: error: gateways.gateway1.adminTls: has no meaning beside the plain http://h:8888'] },
    { name: 'commands for a MirrorMaker that gwctl runs', text: 'links: [{from: main, to: failover, process: {hold: [a], release: [b]}}]\n', says: ['1:45: error: links[0].process: only runtime external takes it, and the runtime is auto'] },
    { name: 'a command that is text', text: `${OUTSIDE}links: [{from: main, to: failover, process: {hold: "systemctl stop mm2", release: []}}]\n`, says: ['3:52: error: links[0].process.hold: "systemctl stop mm2" is not a list of a program and its arguments', '3:83: error: links[0].process.release: a list is empty'] },
  ])('$name', ({ text, says }) => expect(diagnosticsOf(text).map((line) => line.replace('gwctl.yaml:', ''))).toEqual(says));

  test.each([
    { name: 'neighbouring ports', text: 'clusters: {main: {port: 29092}, failover: {port: 29095}}\n' },
    { name: 'the highest ports there are', text: 'clusters: {main: {port: 65433}, failover: {port: 65430, controllerPort: 65530}}\n' },
    { name: 'as many gateway ports as brokers', text: 'gateways: {gateway1: {brokerPorts: 3}}\n' },
    { name: 'as many workers as there may be', text: 'gateways: {gateway1: {workers: 64}}\ngateway: {logFormat: json}\n' },
    { name: 'the same port on two addresses', text: 'gateways: {gateway1: {}, gateway2: {port: 6969, bindHost: 127.0.0.2}}\n' },
    { name: 'an open address with a password of its own', text: 'gateways: {gateway1: {bindHost: 0.0.0.0}}\ngateway: {admin: {password: "env:PW"}}\n' },
    { name: 'a pause just shorter than the hold', text: 'failover: {pauseBudget: 24999ms}\n' },
    { name: 'deadlines that fill the pause budget', text: 'failover: {pauseBudget: 10s, deadlines: {pause: 1s, drain: 1s, proveTail: 7s, moveGroups: 1s}}\n' },
    { name: 'tenants of which one contains, but does not begin, the other', text: 'virtualClusters: [teamA, xteamA]\n' },
    { name: 'two ways to the same cluster', text: 'clusters: {main: {}, failover: {}, dr: {port: 49092}}\nlinks: [{from: main, to: failover}, {from: main, to: dr}, {from: failover, to: dr}]\n' },
    { name: "expressions that only Java's dialect has", text: 'links: [{from: main, to: failover, topics: "(?i)orders.*+, \\\\Qa(b\\\\E"}]\n' },
    { name: 'nodes of others on machines of their own', text: `${OUTSIDE}gateways: {a: {port: 6969, adminUrl: "https://a", advertisedHost: a}, b: {port: 6969, adminUrl: "https://b", advertisedHost: b, adminTls: {}}}\n` },
    { name: 'a topic of proofs for nodes of another driver', text: 'gateway: {canary: {topic: proofs}}\ngateways: {gateway1: {}, gateway2: {driver: conduktor}}\n' },
    { name: 'an empty file', text: '# nothing\n' },
    { name: 'sections without keys', text: 'clusters: {main: , failover: }\n' },
  ])('$name is accepted', ({ text }) => expect(diagnosticsOf(text)).toEqual([]));
});

test('everything is said at once, in the order of the file', () => {
  const text = 'clusters:\n  main: {port: 0, brokerz: 3}\n  failover: {role: primary}\ngateway: {holdMs: 1}\nvirtualClusters: [a, ab]\nlinks:\n  - {from: main, to: nowhere}\n';
  expect(diagnosticsOf(text)).toEqual([
    'gwctl.yaml:2:16: error: clusters.main.port: 0 is not a port (1 to 65535)',
    'gwctl.yaml:2:19: error: clusters.main.brokerz: unknown key (did you mean "brokers"?)',
    'gwctl.yaml:3:20: error: clusters.failover.role: failover is primary, but main is already (exactly one must be)',
    'gwctl.yaml:4:19: error: gateway.holdMs: 1 is not a whole number from 100 to 25000',
    'gwctl.yaml:5:19: error: virtualClusters[0]: a is the beginning of ab: their topics could not be told apart',
    'gwctl.yaml:7:22: error: links[0].to: no cluster named "nowhere" (known: main, failover)',
  ]);
});

test('what only follows from another mistake is not said', () => {
  expect(diagnosticsOf('clusters:\n  main: {}\n  failover: {}\n  "d r": {port: 1}\nlinks:\n  - {from: main, to: d r}\n')).toHaveLength(1);
  expect(diagnosticsOf('links:\n  - {to: failover}\n  - {from: failover, to: main}\n  - {from: main, to: failover}\n')).toEqual(['gwctl.yaml:2:5: error: links[0].from: missing']);
});

test.each([
  { name: 'text', text: 'gateway: {admin: {password: hunter2}}' },
  { name: 'a number', text: 'gateway: {admin: {password: 77553311}}' },
  { name: 'a token key', text: 'gateway: {tokenKey: hunter2}' },
  { name: 'a list', text: 'gateway: {tokenKey: [hunter2]}' },
  { name: 'a variable that cannot be one', text: 'gateway: {tokenKey: "env:hunter2 77553311"}' },
  { name: 'a broker secret of the wrong shape', text: 'clusters: {main: {config: {ssl.keystore.password: [hunter2]}}, failover: {}}' },
  { name: 'text behind a quoted one', text: 'gateway: {tokenKey: "hunter2" 77553311}' },
  { name: 'an alias to nowhere', text: 'gateway: {tokenKey: *hunter2}' },
])('a secret that stands in the file by mistake ($name) is refused and not printed', ({ text }) => {
  const said = diagnosticsOf(text).join('\n');
  expect(said).not.toBe('');
  expect(said).not.toMatch(/hunter2|77553311/);
});

test('a port offset that moves a port out of range says so, and the built-in topology can be moved as far as it fits', () => {
  expect(diagnosticsOf('', 26_341)).toEqual([]);
  expect(diagnosticsOf('', 26_342)).toEqual(['gwctl.yaml:1:1: error: clusters.failover.controllerPort: controller 3 of failover would get 65536 with port offset 26342, not a port (1 to 65535)']);
});
