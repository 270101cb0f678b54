import type { AgentId, SalesStage } from '@baton/schema';
import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { HOUR_MS } from './clocks.ts';
import {
  AGENTS,
  changeOpen,
  DESK,
  endRequest,
  isLoop,
  MEMBERS,
  type Model,
  type ModelFollowUp,
  now,
  own,
  passAnHour,
  PERSON,
  run,
  step,
  store,
  TENANT,
} from './model.ts';

export const customerSays = step({
  name: 'the customer says',
  foresee(model) {
    if (model.closed) return 'CONVERSATION_CLOSED';
    model.chain = [model.owner];
    changeOpen(model, ({ onReply }) => (onReply ? { status: 'cancelled' } : {}));
    return null;
  },
  act(real) {
    const message = { clientMessageId: `m${(real.said += 1)}`, author: { kind: 'customer' }, text: 'Hello' };
    return run(real, 'messages.append', { conversationId: real.conversation.id, ...message });
  },
});

export const agentSays = (agentId: AgentId, epochsLate: number) =>
  step({
    name: `${agentId} says, ${epochsLate} epochs late`,
    foresee(model) {
      if (model.closed) return 'CONVERSATION_CLOSED';
      if (epochsLate > 0 && model.epoch > 1) return 'STALE_OWNER';
      return agentId === model.owner ? null : 'NOT_OWNER';
    },
    act: (real, { epoch }) =>
      run(real, 'messages.append', {
        conversationId: real.conversation.id,
        clientMessageId: `m${(real.said += 1)}`,
        author: { kind: 'agent', agentId },
        ownerEpoch: Math.max(1, epoch - epochsLate),
        text: 'Hi',
      }),
  });

/** Null is whoever owns the conversation, or was asked to take it. */
export type Chosen = AgentId | null;

export type HandOver = {
  type: 'handoffs.transfer' | 'handoffs.request';
  from: Chosen;
  to: AgentId;
  ends: boolean;
};

export const handOver = ({ type, from, to, ends }: HandOver) =>
  step({
    name: `${type} ${from ?? 'the owner'} to ${to}${ends ? ' for half an hour' : ''}`,
    foresee(model) {
      if (model.closed) return 'CONVERSATION_CLOSED';
      if (from !== null && from !== model.owner) return 'NOT_OWNER';
      if (to === model.owner) return 'INVALID_INPUT';
      if (model.pending !== null) return 'HANDOFF_PENDING';
      if (isLoop(model, to)) return 'HANDOFF_LOOP';
      if (type === 'handoffs.transfer') {
        // A queue owns nothing: it is asked, and a member takes.
        if (to === DESK) return 'INVALID_INPUT';
        own(model, to);
      } else {
        model.pending = { to, time: ends ? 'running' : 'endless' };
        model.requests = [...model.requests, 'pending'];
      }
      return null;
    },
    act: (real, { owner }) =>
      run(real, type, {
        conversationId: real.conversation.id,
        from: from ?? owner,
        to,
        reason: 'Because',
        trigger: 'manual',
        ...(ends &&
          type === 'handoffs.request' && { expiresAt: new Date(now() + HOUR_MS / 2).toISOString() }),
      }),
  });

export const answer = (type: 'handoffs.accept' | 'handoffs.reject' | 'handoffs.cancel', chosen: Chosen) =>
  step({
    name: `${type} by ${chosen ?? 'the one that was asked'}`,
    foresee(model) {
      const { pending, owner } = model;
      if (pending === null) return 'HANDOFF_NOT_PENDING';
      const by = chosen ?? pending.to;
      if (type === 'handoffs.accept') {
        if (pending.time === 'over') return 'HANDOFF_NOT_PENDING';
        const isAsked = by === pending.to || (pending.to === DESK && MEMBERS.includes(by));
        if (!isAsked) return 'FORBIDDEN';
        if (by === owner) return 'ALREADY_OWNER';
        if (by === DESK) return 'INVALID_INPUT';
        if (isLoop(model, by)) return 'HANDOFF_LOOP';
        endRequest(model, 'accepted');
        own(model, by);
        return null;
      }
      if (type === 'handoffs.reject' && by !== pending.to) return 'FORBIDDEN';
      endRequest(model, type === 'handoffs.reject' ? 'rejected' : 'cancelled');
      return null;
    },
    async act(real, { pending }) {
      const handoffId = real.handoffIds.at(-1);
      const by = chosen ?? pending?.to ?? PERSON;
      return handoffId === undefined ? 'HANDOFF_NOT_PENDING' : run(real, type, { handoffId, by });
    },
  });

export const expire = step({
  name: 'the handoff expires',
  foresee(model) {
    if (model.pending?.time !== 'over') return 'HANDOFF_NOT_PENDING';
    endRequest(model, 'expired');
    return null;
  },
  async act(real) {
    const handoffId = real.handoffIds.at(-1);
    return handoffId === undefined ? 'HANDOFF_NOT_PENDING' : run(real, 'handoffs.expire', { handoffId });
  },
});

export const anHourPasses = step({
  name: 'an hour passes',
  foresee(model) {
    if (model.pending?.time === 'running') model.pending = { ...model.pending, time: 'over' };
    changeOpen(model, ({ due }) => ({ due: due === 'soon' ? 'now' : due }));
    return null;
  },
  async act() {
    passAnHour();
    return null;
  },
});

export const takeOver = step({
  name: 'a person takes over',
  foresee(model) {
    if (model.closed) return 'CONVERSATION_CLOSED';
    if (model.owner === PERSON) return 'ALREADY_OWNER';
    endRequest(model, 'cancelled');
    own(model, PERSON);
    return null;
  },
  act: (real) => run(real, 'handoffs.takeover', { conversationId: real.conversation.id, by: PERSON }),
});

export const giveBack = step({
  name: 'the person gives it back',
  foresee(model) {
    if (model.closed) return 'CONVERSATION_CLOSED';
    if (model.owner !== PERSON) return 'NOT_OWNER';
    endRequest(model, 'cancelled');
    own(model, model.previous ?? PERSON);
    return null;
  },
  act: (real) => run(real, 'handoffs.release', { conversationId: real.conversation.id, by: PERSON }),
});

export const OPEN: Record<SalesStage, string> = {
  lead: 'qualification closed_lost follow_up',
  qualification: 'qualified objection_handling closed_lost follow_up',
  qualified: 'objection_handling closing closed_lost follow_up',
  objection_handling: 'qualified closing closed_lost follow_up',
  closing: 'closed_won closed_lost objection_handling follow_up',
  closed_won: 'follow_up',
  closed_lost: 'follow_up',
  follow_up: 'lead qualification qualified closing',
};

export const move = (to: SalesStage, isPrepared: boolean) =>
  step({
    name: `move to ${to}${isPrepared ? ' with all it needs' : ''}`,
    foresee(model) {
      if (!OPEN[model.stage].split(' ').includes(to)) return 'INVALID_TRANSITION';
      if (to === 'qualified') return 'QUALIFICATION_INCOMPLETE';
      if (to === 'closed_won' && !isPrepared && !model.hasDeal) return 'DEAL_INCOMPLETE';
      if (to === 'closed_lost' && !isPrepared) return 'LOSS_REASON_REQUIRED';
      model.stage = to;
      model.hasDeal ||= to === 'closed_won';
      return null;
    },
    act: (real) =>
      run(real, 'stages.transition', {
        conversationId: real.conversation.id,
        to,
        ...(isPrepared && { lossReason: 'Too dear' }),
        ...(isPrepared &&
          to === 'closed_won' && { deal: { monthlyValueCents: 9_900, paymentMethod: 'ach' } }),
      }),
  });

export const schedule = (onReply: boolean, maxAttempts: number) =>
  step({
    name: `schedule for ${maxAttempts} attempts${onReply ? ', until the customer replies' : ''}`,
    foresee(model) {
      const fresh = { status: 'open', onReply, attempts: 0, maxAttempts, due: 'now' } as const;
      model.followUps = [...model.followUps, fresh];
      return null;
    },
    act: (real) =>
      run(real, 'followUps.schedule', {
        conversationId: real.conversation.id,
        type: 'nurture',
        dueAt: '2020-01-01T00:00:00.000Z',
        finalAttemptAt: '2100-01-01T00:00:00.000Z',
        maxAttempts,
        cancelOn: onReply ? ['customer_reply', 'close'] : ['close'],
      }),
  });

/** One of the follow-ups that there were, open or not, by a number that may be any. */
export function pick<Item>(items: readonly Item[], any: number): Item | undefined {
  return items.length === 0 ? undefined : items[any % items.length];
}

/** What a step does to one follow-up that is open. */
export function changeOne(model: Model, chosen: ModelFollowUp, change: Partial<ModelFollowUp>): null {
  model.followUps = model.followUps.map((followUp) =>
    followUp === chosen ? { ...followUp, ...change } : followUp,
  );
  return null;
}

/** A worker claims a follow-up and ends its work, under its lease or with a token that is not the live one. */
export const work = (type: 'followUps.complete' | 'followUps.fail', isMine: boolean, any: number) =>
  step({
    name: `${type} ${isMine ? 'under the lease' : 'with a stolen token'}, of ${any}`,
    foresee(model) {
      const followUp = pick(model.followUps, any);
      if (followUp === undefined) return 'no follow-up';
      if (followUp.status !== 'open' || !isMine) return 'LEASE_LOST';
      const attempts = followUp.attempts + 1;
      if (type === 'followUps.complete') return changeOne(model, followUp, { attempts, status: 'completed' });
      const status = attempts >= followUp.maxAttempts ? 'dead' : 'open';
      return changeOne(model, followUp, { attempts, status, due: 'soon' });
    },
    async act(real) {
      const followUpId = pick(real.followUpIds, any);
      if (followUpId === undefined) return 'no follow-up';
      const [mine] = await store.followUps.claim(TENANT, { limit: 1, leaseMs: 60_000, followUpId });
      const leaseToken = isMine && mine !== undefined ? mine.leaseToken : 'stolen';
      const ending = type === 'followUps.fail' ? { error: 'No answer' } : {};
      const result = await run(real, type, { followUpId, leaseToken, ...ending });
      if (mine !== undefined && !isMine) {
        const ofThis = { tenantId: TENANT, conversationId: new ObjectId(real.conversation.id) };
        await store.collections.follow_ups.collection.updateMany(ofThis, { $set: { lease: null } });
      }
      return result;
    },
  });

/** A person puts a follow-up off for years, or cancels it. */
export const change = (type: 'followUps.snooze' | 'followUps.cancel', any: number) =>
  step({
    name: `${type} ${any}`,
    foresee(model) {
      const followUp = pick(model.followUps, any);
      if (followUp === undefined) return 'no follow-up';
      if (followUp.status !== 'open') return 'FOLLOW_UP_NOT_OPEN';
      return changeOne(
        model,
        followUp,
        type === 'followUps.snooze' ? { due: 'someday' } : { status: 'cancelled' },
      );
    },
    async act(real) {
      const followUpId = pick(real.followUpIds, any);
      if (followUpId === undefined) return 'no follow-up';
      const until = type === 'followUps.snooze' ? { until: '2090-01-01T00:00:00.000Z' } : {};
      return run(real, type, { followUpId, ...until });
    },
  });

export const close = step({
  name: 'close',
  foresee(model) {
    if (model.closed) return 'INVALID_STATUS';
    model.closed = true;
    endRequest(model, 'cancelled');
    changeOpen(model, () => ({ status: 'cancelled' }));
    return null;
  },
  act: (real) => run(real, 'conversations.close', { conversationId: real.conversation.id }),
});

export const reopen = step({
  name: 'reopen',
  foresee(model) {
    if (!model.closed) return 'INVALID_STATUS';
    model.closed = false;
    return null;
  },
  act: (real) => run(real, 'conversations.reopen', { conversationId: real.conversation.id }),
});

export const anyAgent = fc.constantFrom(...AGENTS, PERSON);

export const anyStage = fc.constantFrom(...(Object.keys(OPEN) as SalesStage[]));

export const anyNumber = fc.nat(9);

export const chosen = fc.oneof({ arbitrary: fc.constant(null), weight: 2 }, anyAgent);

export const anyHandOver = fc
  .record({
    type: fc.constantFrom('handoffs.transfer', 'handoffs.request', 'handoffs.request'),
    from: chosen,
    to: fc.constantFrom(...AGENTS, PERSON, DESK, DESK, DESK, DESK),
    ends: fc.boolean(),
  })
  .map(handOver);

export const anyAnswer = fc
  .tuple(
    fc.constantFrom(
      'handoffs.accept',
      'handoffs.accept',
      'handoffs.accept',
      'handoffs.reject',
      'handoffs.cancel',
    ),
    fc.oneof(fc.constant(null), anyAgent, fc.constantFrom(...MEMBERS)),
  )
  .map(([type, by]) => answer(type, by));

// What stands several times comes so much more often: what follows from a handoff takes several steps in a row.
export const steps = fc.commands(
  [
    fc.constant(customerSays),
    fc.tuple(anyAgent, fc.nat(1)).map(([agentId, late]) => agentSays(agentId, late)),
    anyHandOver,
    anyHandOver,
    anyAnswer,
    anyAnswer,
    anyAnswer,
    fc.constant(expire),
    fc.constant(anHourPasses),
    fc.constant(takeOver),
    fc.constant(giveBack),
    fc.tuple(anyStage, fc.boolean()).map(([to, isPrepared]) => move(to, isPrepared)),
    fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 2 })).map(([onReply, most]) => schedule(onReply, most)),
    fc
      .tuple(
        fc.constantFrom('followUps.complete' as const, 'followUps.fail' as const),
        fc.boolean(),
        anyNumber,
      )
      .map(([type, isMine, any]) => work(type, isMine, any)),
    fc
      .tuple(fc.constantFrom('followUps.snooze' as const, 'followUps.cancel' as const), anyNumber)
      .map(([type, any]) => change(type, any)),
    fc.constantFrom(close, reopen, reopen),
  ],
  { maxCommands: 40, size: 'max' },
);
