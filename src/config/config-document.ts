import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';

/** Keys and indexes from the root of the file to a value. */
export type ConfigPath = readonly (string | number)[];

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A syntax error of the YAML itself; its text never quotes the file, which may hold a secret by mistake. */
export interface SyntaxProblem extends Place {
  readonly message: string;
}

/** YAML text that remembers where each value stands. Lives as long as diagnostics may be needed. */
export class ConfigDocument {
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true, prettyErrors: false });
  }

  get problems(): readonly SyntaxProblem[] {
    return [...this.#document.errors, ...this.#document.warnings].map((error) => ({ ...this.#placeOf(error.pos[0]), message: withoutQuotes(error.message) }));
  }

  /** The file as plain values; an empty file is an empty map. Throws when aliases do not resolve. */
  get value(): unknown {
    return this.#document.toJS() ?? {};
  }

  /** Where a value stands; a missing one is looked for at its section. */
  locate(path: ConfigPath): Place {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = (depth === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, depth), true)) as { range?: readonly number[] | null } | null | undefined;
      const start = node?.range?.[0];
      if (start !== undefined) return this.#placeOf(start);
    }
    return { line: 1, column: 1 };
  }

  /** Where a key itself stands: for keys that should not be there. */
  locateKey(path: ConfigPath): Place {
    const parent = path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === path.at(-1));
      if (isScalar(pair?.key) && pair.key.range) return this.#placeOf(pair.key.range[0]);
    }
    return this.locate(path);
  }

  #placeOf(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
}

function withoutQuotes(message: string): string {
  const [first = ''] = message.split('\n');
  const plain = first.replace(/:? *(["'`]).*\1/gs, '');
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}
