import { AgentId, type Conversation, type NewMessage, timestamp, TURN_LIMIT } from '@baton/schema';
import type { z } from 'zod';
import { type SeededRandom, seededRandom } from '../../simulation/seeded-random.ts';
import type { SourcedPlan } from '../import-plans.ts';
import type { PlanStep } from '../import-plan.ts';
import type { DialogueLine, Dialogue } from './parse-persuasion.ts';

export const PERSUADER = AgentId.parse('persuader');
const SOURCE = 'persuasion';
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The files have no times: dialogues start twelve a day from here on. */
const FIRST_DIALOGUE_AT = Date.UTC(2024, 0, 8, 8);
const DIALOGUES_PER_DAY = 12;
const DIALOGUE_INTERVAL_MS = 45 * MINUTE_MS;

function startMs(number: number, random: SeededRandom): number {
  const day = Math.floor(number / DIALOGUES_PER_DAY);
  return (
    FIRST_DIALOGUE_AT +
    day * DAY_MS +
    (number % DIALOGUES_PER_DAY) * DIALOGUE_INTERVAL_MS +
    random.integer(0, 20) * MINUTE_MS
  );
}

/** The time to read one text and to write the next. */
function replyDelayMs(read: string, written: string, random: SeededRandom): number {
  return 2_000 + read.length * 35 + written.length * 110 + random.integer(0, 25_000);
}

export type Turn = { speaker: DialogueLine['speaker']; lines: DialogueLine[] };

function groupTurns(lines: readonly DialogueLine[]): Turn[] {
  const turns: Turn[] = [];
  for (const line of lines) {
    const last = turns.at(-1);
    if (last?.speaker === line.speaker && last.lines.length < TURN_LIMIT) last.lines.push(line);
    else turns.push({ speaker: line.speaker, lines: [line] });
  }
  return turns;
}

function messageInput({ row, speaker, text: words }: DialogueLine): z.input<typeof NewMessage> {
  const author =
    speaker === 'persuader'
      ? ({ kind: 'agent', agentId: PERSUADER } as const)
      : ({ kind: 'customer' } as const);
  return { clientMessageId: `row-${row}`, author, text: words };
}

const OUTCOME_REASON = 'Recorded outcome: the source has no qualification';

function closingSteps({ outcome }: Dialogue, at: string): PlanStep[] {
  if (outcome === null) return [];
  const by = PERSUADER;
  if (outcome.persuadeeCents === 0) {
    return [
      ({ id: conversationId }) => ({
        type: 'deals.close',
        input: { conversationId, outcome: 'lost', lossReason: 'Gave nothing', by, at },
      }),
    ];
  }
  const deal = { monthlyValueCents: outcome.persuadeeCents, paymentMethod: 'credit_card' } as const;
  return [
    ({ id: conversationId }) => ({
      type: 'stages.transition',
      input: { conversationId, to: 'closing', force: true, reason: OUTCOME_REASON, by, at },
    }),
    ({ id: conversationId }) => ({
      type: 'deals.close',
      input: { conversationId, outcome: 'won', deal, by, at },
    }),
  ];
}

/**
 * The commands of one dialogue, the same at every run, times included. The persuader is the owner, the persuadee
 * the customer; each turn of a speaker is one command.
 */
export function planDialogue(dialogue: Dialogue): SourcedPlan {
  const { id, number, place, lines, outcome } = dialogue;
  const random = seededRandom(number + 1);
  let nowMs = startMs(number, random);
  const createdAt = timestamp(nowMs);
  const steps: PlanStep[] = [];
  let previousText = '';
  let hasAnswered = false;
  for (const { speaker, lines: turnLines } of groupTurns(lines)) {
    const turnText = turnLines.map((line) => line.text).join('\n');
    nowMs += replyDelayMs(previousText, turnText, random);
    previousText = turnText;
    const at = timestamp(nowMs);
    steps.push(({ id: conversationId }) => ({
      type: 'messages.appendTurn',
      input: { conversationId, messages: turnLines.map(messageInput), at },
    }));
    if (speaker === 'persuader' || hasAnswered) continue;
    hasAnswered = true;
    steps.push(({ id: conversationId }) => ({
      type: 'stages.transition',
      input: { conversationId, to: 'qualification', reason: 'The persuadee answered', by: PERSUADER, at },
    }));
  }
  steps.push(...closingSteps(dialogue, timestamp(nowMs + 30_000)));
  const matches = ({ metadata }: Conversation) =>
    metadata['source'] === SOURCE && metadata['dialogueId'] === id;
  return {
    place,
    plan: {
      key: `${SOURCE}:${id}`,
      create: {
        contactId: `${SOURCE}-${id}`,
        channel: 'web',
        agentId: PERSUADER,
        tags: [SOURCE],
        metadata: {
          source: SOURCE,
          dialogueId: id,
          ...(outcome !== null && {
            persuaderDonationCents: outcome.persuaderCents,
            persuadeeDonationCents: outcome.persuadeeCents,
          }),
        },
        at: createdAt,
      },
      steps,
      matches: matches,
    },
  };
}
