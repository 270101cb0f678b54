// An agent called `constructor` would deceive Vitest's toStrictEqual.
import { deepStrictEqual } from 'node:assert/strict';
import { type CommandType, Conversation, Entry, type SalesStage, Timestamp } from '@baton/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONSTRUCTOR, holds, ofKind, paths, tell, type Told, types } from '../test/random-scenario.ts';
import { previewOfMessage } from './message-words.ts';
import { standingMessages } from './message-standing.ts';
import { fold } from './evolve.ts';
import { Refusal } from './refusal.ts';
import { NEXT_STAGES } from './stage.ts';

describe('whatever is tried, in whatever order', () => {
  it('the conversation is the fold of its entries, also after they were sent as JSON', () => {
    holds((path) => {
      const { conversation, entries } = tell(path);
      deepStrictEqual(fold(entries), conversation);
      const sent = JSON.parse(JSON.stringify(entries)) as Entry[];
      deepStrictEqual(fold(sent), conversation);
      deepStrictEqual(JSON.parse(JSON.stringify(conversation)), conversation);
    });
  });

  it('every conversation and every entry has the shape that its schema says', () => {
    holds((path) => {
      const { entries } = tell(path, (_, command, after) => {
        if (after instanceof Refusal) return;
        expect(Conversation.safeParse(after.conversation).error, command.type).toBeUndefined();
      });
      for (const entry of entries) expect(Entry.parse(entry)).toEqual(entry);
    });
  });

  it('seq counts with no gap, at never goes back, and the version goes up by one a command', () => {
    holds((path) => {
      const { entries } = tell(path, (before, command, after) => {
        if (after instanceof Refusal) return;
        const made = after.entries.slice(before.entries.length);
        if (made.length === 0) {
          // A report, an edit or a rating that says nothing new.
          expect(['messages.report', 'messages.revise', 'messages.rate']).toContain(command.type);
          expect(after.conversation).toEqual(before.conversation);
          return;
        }
        expect(after.conversation.version).toBe(before.conversation.version + 1);
        expect(after.conversation.lastSeq).toBe(before.conversation.lastSeq + made.length);
        for (const entry of made) expect(entry.version).toBe(after.conversation.version);
      });
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
      const instants = entries.map(({ at }) => Timestamp.parse(at));
      expect(instants).toEqual(instants.toSorted());
    });
  });

  it('a refused command changes nothing, and says why in a code', () => {
    holds((path) => {
      let refused = 0;
      let last: Told | null = null;
      tell(path, (before, _, after) => {
        // What was given is deepFreeze: to change it would have thrown a TypeError.
        if (last !== null) expect(before).toBe(last);
        if (after instanceof Refusal) refused += 1;
        last = after instanceof Refusal ? before : after;
      });
      fc.pre(refused > 0);
    });
  });

  it('every counter can be counted again from the timeline', () => {
    holds((path) => {
      const { conversation, entries } = tell(path);
      const messages = ofKind(entries, 'message');
      const byAgent = Object.groupBy(
        messages.filter(({ author }) => author.kind === 'agent'),
        ({ author }) => author.agentId ?? '',
      );
      expect(conversation.metrics).toMatchObject({
        messages: messages.length,
        interactionCount: messages.length,
        customerMessages: messages.filter(({ author }) => author.kind === 'customer').length,
        firstResponseMs: messages.find(({ responseMs }) => responseMs !== undefined)?.responseMs ?? null,
      });
      expect(
        Object.entries(conversation.metrics.byAgent).map(([id, { messages: count, inputTokens }]) => [
          id,
          count,
          inputTokens,
        ]),
      ).toEqual(
        Object.entries(byAgent).map(([id, said = []]) => [
          id,
          said.length,
          said.reduce((sum, { usage }) => sum + (usage?.inputTokens ?? 0), 0),
        ]),
      );
      const owners = ofKind(entries, 'owner');
      expect(conversation.owner.epoch).toBe(1 + owners.length);
      expect(conversation.handoffCount).toBe(owners.length);
      const dues = conversation.followUps.map(({ dueAt }) => dueAt).toSorted();
      expect(conversation.nextFollowUpAt).toBe(dues[0] ?? null);
      expect(conversation.activeObjections).toBe(conversation.objections.length);
    });
  });

  it('an agent speaks to the customer only while it owns the conversation', () => {
    holds((path) => {
      let owner = CONSTRUCTOR;
      for (const entry of tell(path).entries) {
        if (entry.kind === 'owner') {
          expect(entry.from).toBe(owner);
          owner = entry.to;
        }
        if (entry.kind !== 'message' || entry.visibility === 'internal') continue;
        if (entry.author.kind === 'agent') expect(entry.author.agentId).toBe(owner);
      }
    });
  });

  it('a stage moves only as the table says, unless the timeline shows that it was forced', () => {
    holds((path) => {
      let stage: SalesStage = 'lead';
      for (const move of ofKind(tell(path).entries, 'stage')) {
        expect(move.from).toBe(stage);
        if (!move.forced) expect(NEXT_STAGES[stage]).toContain(move.to);
        stage = move.to;
      }
    });
  });

  it('a delivery never goes back but from a failure, and what is previewed is what the latest message says now', () => {
    holds((path) => {
      const { conversation, entries } = tell(path);
      const progress = ['queued', 'sent', 'delivered', 'read'];
      const states = new Map<number, string>();
      for (const { targetSeq, state } of ofKind(entries, 'delivery')) {
        const before = states.get(targetSeq);
        if (before !== undefined && before !== 'failed' && state !== 'failed')
          expect(progress.indexOf(state)).toBeGreaterThan(progress.indexOf(before));
        if (state === 'failed') expect(['delivered', 'read', 'failed']).not.toContain(before);
        states.set(targetSeq, state);
      }
      const messages = standingMessages(entries);
      for (const [seq, state] of states) expect(messages.get(seq)?.delivery?.state).toBe(state);
      const last = messages.get(conversation.lastMessage?.seq ?? 0);
      expect(conversation.lastMessage?.preview).toBe(last && previewOfMessage(last));
    });
  });

  it('a status begins where the one before ended', () => {
    holds((path) => {
      let status: Conversation['status'] = 'active';
      for (const entry of ofKind(tell(path).entries, 'status')) {
        expect(entry.from).toBe(status);
        status = entry.to;
      }
    });
  });

  it('no deal is won without its value and its way of payment, none lost without a reason, unless forced', () => {
    holds((path) => {
      const { entries } = tell(path);
      for (const move of ofKind(entries, 'stage').filter(({ forced }) => !forced)) {
        const deal = ofKind(entries, 'deal').findLast(({ seq }) => seq < move.seq)?.deal;
        if (move.to === 'closed_won')
          expect([deal?.monthlyValueCents, deal?.paymentMethod]).not.toContain(null);
        if (move.to === 'closed_lost') expect(move.lossReason).not.toBeNull();
      }
    });
  });

  it('nothing is said and no owner changes while the conversation is closed', () => {
    holds((path) => {
      let isClosed = false;
      for (const entry of tell(path).entries) {
        if (entry.kind === 'status') isClosed = entry.to === 'completed' || entry.to === 'abandoned';
        if (entry.kind === 'message' || entry.kind === 'owner') expect(isClosed).toBe(false);
      }
    });
  });
});

describe('the random stories', () => {
  it('do every command, and are refused often enough to mean something', () => {
    const done = new Set<CommandType>();
    const refusals = new Set<string>();
    for (const path of fc.sample(paths, { numRuns: 1200, seed: 3 })) {
      tell(path, (_, { type }, after) => {
        if (after instanceof Refusal) refusals.add(after.code);
        else done.add(type);
      });
    }
    expect(types.filter((type) => !done.has(type))).toEqual([]);
    expect([...refusals]).toEqual(
      expect.arrayContaining([
        'NOT_OWNER',
        'VERSION_CONFLICT',
        'CONVERSATION_CLOSED',
        'INVALID_STATUS',
        'INVALID_TRANSITION',
        'QUALIFICATION_INCOMPLETE',
        'DEAL_INCOMPLETE',
        'LOSS_REASON_REQUIRED',
        'HANDOFF_PENDING',
        'FORBIDDEN',
        'HANDOFF_NOT_PENDING',
        'UNKNOWN_AGENT',
        'OBJECTION_NOT_OPEN',
        'FOLLOW_UP_NOT_OPEN',
        'INVALID_INPUT',
      ]),
    );
  });
});
