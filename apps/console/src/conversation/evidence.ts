import type { Certainty, Conversation, Entry, Evidence, QualificationField } from '@baton/schema';

/** Words of a message that prove an answer. */
export type Proof = { field: QualificationField; certainty: Certainty; start: number; end: number };
export type Piece = { text: string; start: number; proofs: readonly Proof[]; isLit: boolean };

const FIELDS = ['budget', 'authority', 'need', 'timeline'] as const satisfies readonly QualificationField[];

/** What proves an answer, by the entry that it stands in. Evidence without a place is the whole message. */
export function proofsBySeq({
  qualification,
}: Pick<Conversation, 'qualification'>): ReadonlyMap<number, readonly Proof[]> {
  const proofs = new Map<number, Proof[]>();
  for (const field of FIELDS) {
    const answer = qualification[field];
    for (const { seq, start = 0, end = Infinity } of answer?.evidence ?? []) {
      const known = proofs.get(seq) ?? [];
      known.push({ field, certainty: answer?.certainty ?? 'fact', start, end });
      proofs.set(seq, known);
    }
  }
  return proofs;
}

/**
 * A text cut where proofs begin and end.
 * @param lit the words that somebody asked to see
 */
export function piecesOf(
  text: string,
  proofs: readonly Proof[],
  lit: Pick<Evidence, 'start' | 'end'> | null = null,
): readonly Piece[] {
  const { start: litStart = 0, end: litEnd = lit === null ? 0 : Infinity } = lit ?? {};
  const cuts = new Set([0, text.length]);
  for (const { start, end } of [...proofs, { start: litStart, end: litEnd }]) {
    cuts.add(Math.min(start, text.length));
    cuts.add(Math.min(end, text.length));
  }
  const places = [...cuts].toSorted((a, b) => a - b);
  return places.slice(0, -1).map((start, index) => {
    const end = places[index + 1] ?? text.length;
    return {
      text: text.slice(start, end),
      start,
      proofs: proofs.filter((proof) => proof.start <= start && proof.end >= end),
      isLit: litStart <= start && litEnd >= end,
    };
  });
}

/** The words that were marked; nothing where a whole message was meant. */
export function wordsOf(entries: readonly Entry[], marked: Evidence | undefined): string {
  if (marked?.start === undefined) return '';
  const said = entries.find(({ seq }) => seq === marked.seq);
  return said?.kind === 'message' ? said.text.slice(marked.start, marked.end) : '';
}
