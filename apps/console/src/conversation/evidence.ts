import type { Certainty, Conversation, Entry, Evidence, QualificationField } from '@baton/schema';

/** A span of a message that proves an answer. */
export type Proof = { field: QualificationField; certainty: Certainty; start: number; end: number };
export type TextPiece = { text: string; start: number; proofs: readonly Proof[]; isHighlighted: boolean };

const FIELDS = ['budget', 'authority', 'need', 'timeline'] as const satisfies readonly QualificationField[];

/** Proofs by entry; evidence without a range is the whole message. */
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

/** Splits a text at the bounds of its proofs and of the highlight. */
export function splitAtProofs(
  text: string,
  proofs: readonly Proof[],
  highlight: Pick<Evidence, 'start' | 'end'> | null = null,
): readonly TextPiece[] {
  const { start: highlightStart = 0, end: highlightEnd = highlight === null ? 0 : Infinity } =
    highlight ?? {};
  const cuts = new Set([0, text.length]);
  for (const { start, end } of [...proofs, { start: highlightStart, end: highlightEnd }]) {
    cuts.add(Math.min(start, text.length));
    cuts.add(Math.min(end, text.length));
  }
  const sortedCuts = [...cuts].toSorted((a, b) => a - b);
  return sortedCuts.slice(0, -1).map((start, index) => {
    const end = sortedCuts[index + 1] ?? text.length;
    return {
      text: text.slice(start, end),
      start,
      proofs: proofs.filter((proof) => proof.start <= start && proof.end >= end),
      isHighlighted: highlightStart <= start && highlightEnd >= end,
    };
  });
}

/** Empty where the evidence is a whole message. */
export function quotedText(entries: readonly Entry[], evidence: Evidence | undefined): string {
  if (evidence?.start === undefined) return '';
  const message = entries.find(({ seq }) => seq === evidence.seq);
  return message?.kind === 'message' ? message.text.slice(evidence.start, evidence.end) : '';
}
