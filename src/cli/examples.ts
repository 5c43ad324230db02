import type { Command } from 'commander';

/** Command -> what people type. Shown by `--help`; a test runs each one through the parser. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  up: ['gwctl up', 'gwctl up --runtime docker', 'gwctl up --with schema-registry --port-offset 1000', 'gwctl up --template seed'],
  down: ['gwctl down', 'gwctl down -v'],
  status: ['gwctl status --watch', 'gwctl status -o json'],
  lag: ['gwctl lag --to failover', 'gwctl lag --all'],
  groups: ['gwctl groups', 'gwctl groups --group teamAbilling --apply', 'gwctl groups --undo .gwctl/default/groups/undo-20261124T110400-000Z.json'],
  verify: ['gwctl verify --to failover'],
  failover: ['gwctl failover --to failover --dry-run', 'gwctl failover --to failover --expect-active main --yes', 'gwctl failover --to failover --mode unplanned --max-loss-records 500 --yes'],
  resume: ['gwctl resume --yes', 'gwctl resume --serve main'],
  rollback: ['gwctl rollback --yes'],
  history: ['gwctl history', 'gwctl history -o json'],
  report: ['gwctl report 20261124T1104', 'gwctl report 20261124T1104 -o markdown > report.md'],
  drill: ['gwctl drill --up --down scenarios/cluster-switching.yaml', 'gwctl drill scenarios/live-load.yaml --report report.json'],
  vcluster: ['gwctl vcluster list'],
  'vcluster create': ['gwctl vcluster create teamA --properties teamA-sa.properties'],
  'vcluster token': ['gwctl vcluster token teamA --user sa --lifetime 3600'],
  'vcluster revoke': ['gwctl vcluster revoke teamA --user sa'],
  'vcluster list': ['gwctl vcluster list -o json'],
  gateway: ['gwctl gateway --node gateway1'],
  render: ['gwctl render compose'],
  'render compose': ['gwctl render compose > compose.yaml', 'gwctl render compose --template seed --directory walk-through'],
  doctor: ['gwctl doctor', 'gwctl doctor --runtime docker -o json'],
  schema: ['gwctl schema > gwctl.schema.json'],
  completion: ['source <(gwctl completion bash)', 'gwctl completion fish > ~/.config/fish/completions/gwctl.fish'],
};

/** Of gwctl as a whole: from a bare machine to the first switch. */
export const FIRST_STEPS: readonly string[] = ['gwctl doctor', 'gwctl up', 'gwctl status', 'gwctl failover --to failover', 'gwctl down -v'];

/** Adds each command's examples to the end of its help. */
export function addExamples(program: Command, path = ''): void {
  if (path === '') program.addHelpText('after', `\nFirst steps:\n${FIRST_STEPS.map((example) => `  $ ${example}\n`).join('')}`);
  for (const command of program.commands) {
    const name = `${path}${command.name()}`;
    const examples = EXAMPLES[name];
    if (examples !== undefined) command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ ${example}\n`).join('')}`);
    addExamples(command, `${name} `);
  }
}
