import type { Topology } from '../topology/topology.ts';
import { type BuildOptions, buildTopology } from './build-topology.ts';
import { checkShape } from './check-shape.ts';
import { checkTopology } from './check-topology.ts';
import { ConfigDocument, type ConfigPath } from './config-document.ts';
import { configError, type Diagnostic, type Finding, renderPath } from './diagnostic.ts';

export interface ParseOptions extends BuildOptions {
  /** As diagnostics print it. */
  readonly fileName: string;
}

/**
 * Text of a gwctl.yaml -> Topology, or CONFIG with every diagnostic at once:
 * `text -> document -> values -> shape -> topology -> what does not fit together`.
 */
export function parseTopology(text: string, { fileName, ...options }: ParseOptions): Topology {
  const document = new ConfigDocument(text);
  if (document.problems.length > 0) throw configError(fileName, document.problems.map((problem) => ({ ...problem, path: '' })));
  const { file, findings } = checkShape(valueOf(document, fileName));
  const topology = buildTopology(file, options);
  const all = [...findings, ...checkTopology(file, topology).filter((finding) => !restsOnWrong(finding, findings))];
  if (all.length > 0) throw configError(fileName, all.map((finding) => place(document, finding)));
  return topology;
}

function valueOf(document: ConfigDocument, fileName: string): unknown {
  try {
    return document.value;
  } catch (reason) {
    // The reason itself names the alias, which may be a secret that starts with a star.
    if (reason instanceof ReferenceError) throw configError(fileName, [{ line: 1, column: 1, path: '', message: 'an alias (*name) has no anchor (&name) before it, or there are too many' }]);
    throw reason;
  }
}

/** A value that was taken out for being wrong has its default now; what follows from that is not worth saying. */
function restsOnWrong(finding: Finding, wrong: readonly Finding[]): boolean {
  const grounds = finding.because ?? [];
  return wrong.some(({ path }) => isWithin(finding.path, path) || grounds.some((ground) => isWithin(path, ground) || isWithin(ground, path)));
}

function isWithin(path: ConfigPath, outer: ConfigPath): boolean {
  return outer.every((key, index) => path[index] === key || (index < path.length && (key === '*' || path[index] === '*')));
}

function place(document: ConfigDocument, { path, isKey, message }: Finding): Diagnostic {
  return { ...(isKey === true ? document.locateKey(path) : document.locate(path)), path: renderPath(path), message };
}
