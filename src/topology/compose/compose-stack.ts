/** The service templates of one stack, by file name without `.yaml`: compose/gwctl or compose/seed. */
export type ServiceTemplates = Readonly<Record<string, unknown>>;

export const STACKS = ['gwctl', 'seed'] as const;

/** 'gwctl': our own gateway, KRaft. 'seed': ZooKeeper and the commercial gateway of the walk-through that this tool was made after. */
export type StackName = (typeof STACKS)[number];

/** A rendered stack: file name -> text. All of them belong into one folder. */
export type ComposeFiles = Readonly<Record<string, string>>;

export const COMPOSE_FILE = 'compose.yaml';

export interface StackOptions {
  readonly templates: ServiceTemplates;
  /** Of compose: names of containers, volumes and networks begin with it. */
  readonly project: string;
  /** The command that made the files; their first line. */
  readonly command: string;
  readonly gwctlVersion: string;
  /** Folder of package.json: what the gateway's image is built from. */
  readonly packageRoot: string;
  /** The environment's folder: a label, by which gwctl knows its own containers. */
  readonly environmentDir: string;
}

/** A service waits for these to be healthy. */
export function whenHealthy(services: readonly string[]): Readonly<Record<string, { readonly condition: 'service_healthy' }>> {
  return Object.fromEntries(services.map((name) => [name, { condition: 'service_healthy' as const }]));
}

/** The first line of every rendered file. */
export function headerOf({ command, gwctlVersion }: Pick<StackOptions, 'command' | 'gwctlVersion'>): string {
  return `# made by \`${command}\` (gwctl ${gwctlVersion}); what is changed here is lost when it is made again\n`;
}
