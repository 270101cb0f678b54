import fc from 'fast-check';

const MOST_OF_A_NAME = 60;

/** Names of fields that take the same values. */
const SAME_VALUES: Record<string, string> = {
  from: 'agentId',
  to: 'agentId',
  by: 'agentId',
  assignee: 'agentId',
  handledBy: 'agentId',
  agents: 'agentId',
  members: 'agentId',
  nextCursor: 'cursor',
  afterSeq: 'seq',
  beforeSeq: 'seq',
  inReplyTo: 'seq',
  epoch: 'ownerEpoch',
  version: 'expectedVersion',
};

/** Where an `id` is, by the name of the object that has it. */
const IDS: [name: RegExp, field: string][] = [
  [/^(?:pendingH|h)andoffs?$/, 'handoffId'],
  [/^objections?$/, 'objectionId'],
  [/^followUps?$/, 'followUpId'],
  [/^(?:conversations?|stages|qualification|deals)$/, 'conversationId'],
  [/^(?:apiK|k)eys?$/, 'keyId'],
  [/^sessions?$/, 'sessionId'],
  [/^agents?$/, 'agentId'],
  [/^contacts?$/, 'contactId'],
];

/** What a server has told, by field, so that inputs name what is there. */
export class KnownValues {
  readonly #values = new Map<string, (string | number)[]>();

  /** Takes in an answer of a procedure. */
  learn(path: string, answer: unknown): void {
    const [area = ''] = path.split('.');
    this.#walk(answer, area, 0);
  }

  add(name: string, value: string | number): void {
    const field = SAME_VALUES[name] ?? name;
    const values = this.#values.get(field) ?? [];
    this.#values.set(field, values);
    if (values.includes(value)) return;
    values.push(value);
    // The first stay: much was done with them already.
    if (values.length > MOST_OF_A_NAME) values.splice(MOST_OF_A_NAME / 2, 1);
  }

  /** Values that a field of this name had; null where there were none. */
  valuesOf(name: string): fc.Arbitrary<string | number> | null {
    const values = this.#values.get(SAME_VALUES[name] ?? name);
    return values === undefined ? null : fc.constantFrom(...values);
  }

  #walk(value: unknown, name: string, depth: number): void {
    if (depth > 6 || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value.slice(0, 20)) this.#walk(item, name, depth + 1);
      return;
    }
    for (const [key, field] of Object.entries(value)) {
      if (key === 'id') this.#addId(name, field);
      else if (typeof field === 'string' ? field.length <= 300 : typeof field === 'number')
        this.add(key, field);
      else this.#walk(field, key === 'items' ? name : key, depth + 1);
    }
  }

  #addId(name: string, id: unknown): void {
    const field = IDS.find(([pattern]) => pattern.test(name))?.[1];
    if (typeof id === 'string' && field !== undefined) this.add(field, id);
  }
}
