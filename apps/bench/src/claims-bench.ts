import { createBaton } from '@baton/client';
import { connect, migrate, openStore, type Store } from '@baton/repository';
import {
  ClaimFollowUps,
  ConversationId,
  type FollowUp,
  FollowUpId,
  TenantId,
  timestamp,
} from '@baton/schema';
import { type Document, ObjectId } from 'mongodb';
import { startServerProcess } from './start-server-process.ts';
import { median, timesOf } from './statistics.ts';

export type ClaimsBenchOptions = {
  /** How many follow-ups are due: each number is a scenario, with and without held ones ahead of them. */
  due: readonly number[];
  /** How many leases are held, of follow-ups that have been due for longer than all others. */
  held: number;
  /** How many follow-ups a round claims at most. */
  claims: number;
  rounds: number;
  callers?: number;
  onScenario?: (name: string) => void;
};

/** What the callers of one scenario did, the median of the rounds. */
export type ClaimsRow = {
  scenario: string;
  contender: 'Baton' | 'Baton over HTTP';
  claimsPerSecond: number;
  /** Of one claim, in milliseconds. */
  medianMs: number;
  slowMs: number;
};

/** A follow-up went to two callers, or some went to none. */
export class ClaimError extends Error {
  override readonly name = 'ClaimError';
}

type Claim = () => Promise<readonly { followUp: Pick<FollowUp, 'id'> }[]>;

const CALLERS = 64;
const INSERTED_AT_ONCE = 10_000;
const HOUR_MS = 3_600_000;
const ASKED = ClaimFollowUps.parse({ limit: 1, leaseMs: HOUR_MS });

/**
 * Lets many callers claim one due follow-up after the other, on a database of its own that this call may fill.
 * @param mongodbUri with that database in its path
 * @throws ClaimError
 */
export async function benchClaims(mongodbUri: string, options: ClaimsBenchOptions): Promise<ClaimsRow[]> {
  await using connection = await connect(mongodbUri, { appName: 'baton-bench' });
  await migrate(connection.db);
  const store = openStore(connection);
  await using server = await startServerProcess(mongodbUri);
  const rows: ClaimsRow[] = [];
  for (const due of options.due) {
    const tenantId = TenantId.parse(`bench-${due}`);
    await store.agents.ensureDefaults(tenantId, {});
    const { key: apiKey } = await store.apiKeys.create({ tenantId, name: 'bench', role: 'app' });
    const { api } = createBaton({ url: server.url, apiKey });
    const contenders = [
      ['Baton', () => store.followUps.claim(tenantId, ASKED)],
      ['Baton over HTTP', () => api.followUps.claim.mutate(ASKED)],
    ] as const;
    await insertFollowUps(store, tenantId, due, null);
    for (const held of [0, options.held]) {
      await insertFollowUps(store, tenantId, held, new Date(Date.now() + HOUR_MS));
      const scenario = `${due.toLocaleString('en')} due, ${held.toLocaleString('en')} held`;
      for (const [contender, claim] of contenders) {
        options.onScenario?.(`${scenario}: ${contender}`);
        rows.push({ scenario, contender, ...(await measureRounds(store, tenantId, claim, due, options)) });
      }
    }
  }
  return rows;
}

/** @param leaseUntil null for those that nobody holds; what is held has been due for longer */
async function insertFollowUps(
  { collections: { follow_ups: followUps } }: Store,
  tenantId: TenantId,
  count: number,
  leaseUntil: Date | null,
): Promise<void> {
  const dueAt = Date.now() - (leaseUntil === null ? HOUR_MS : 2 * HOUR_MS);
  const template = followUps.encode({
    _id: FollowUpId.parse(new ObjectId().toHexString()),
    tenantId,
    channel: 'web',
    conversationId: ConversationId.parse(new ObjectId().toHexString()),
    type: 'nurture',
    status: 'open',
    dueAt: timestamp(dueAt),
    finalAttemptAt: timestamp(dueAt + 168 * HOUR_MS),
    timeZone: null,
    priority: 'medium',
    assignee: null,
    context: 'Send the case study',
    cancelOn: ['customer_reply'],
    attempts: 0,
    maxAttempts: 3,
    lastError: null,
    createdAt: timestamp(dueAt),
    endedAt: null,
    outcome: null,
    lease: null,
  });
  for (let from = 0; from < count; from += INSERTED_AT_ONCE) {
    const size = Math.min(INSERTED_AT_ONCE, count - from);
    const documents = Array.from({ length: size }, (_, index): Document => {
      const _id = new ObjectId();
      const lease = leaseUntil && { token: _id.toHexString(), until: leaseUntil, assignee: null };
      return { ...template, _id, conversationId: _id, dueAt: new Date(dueAt + from + index), lease };
    });
    await followUps.collection.insertMany(documents, { ordered: false });
  }
}

type Round = { claimsPerSecond: number; latencies: number[] };

/** The first round warms up, and is not counted. */
async function measureRounds(
  { collections }: Store,
  tenantId: TenantId,
  claim: Claim,
  due: number,
  { claims, rounds, callers = CALLERS }: ClaimsBenchOptions,
): Promise<Pick<ClaimsRow, 'claimsPerSecond' | 'medianMs' | 'slowMs'>> {
  const measured: Round[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const { claimed, ...figures } = await measureRound(claim, Math.min(due, claims), callers);
    if (round > 0) measured.push(figures);
    const released = { $set: { lease: null } };
    await collections.follow_ups.collection.updateMany(
      { tenantId, _id: { $in: [...claimed].map((id) => new ObjectId(id)) } },
      released,
    );
  }
  const latencies = measured.flatMap((round) => round.latencies);
  return {
    claimsPerSecond: median(measured.map(({ claimsPerSecond }) => claimsPerSecond)),
    ...timesOf(latencies),
  };
}

/** @throws ClaimError where one was given twice, or none while some were due */
export async function measureRound(
  claim: Claim,
  claims: number,
  callers: number,
): Promise<Round & { claimed: Set<FollowUpId> }> {
  const claimed = new Set<FollowUpId>();
  const latencies: number[] = [];
  let left = claims;
  const call = async () => {
    while (left > 0) {
      left -= 1;
      const askedAt = performance.now();
      const [own] = await claim();
      latencies.push(performance.now() - askedAt);
      if (own === undefined) throw new ClaimError('A caller was given none of the follow-ups that are due');
      if (claimed.has(own.followUp.id)) throw new ClaimError(`${own.followUp.id} was claimed twice`);
      claimed.add(own.followUp.id);
    }
  };
  const beganAt = performance.now();
  await Promise.all(Array.from({ length: callers }, call));
  const claimsPerSecond = (claimed.size / (performance.now() - beganAt)) * 1_000;
  return { claimsPerSecond, latencies, claimed };
}
