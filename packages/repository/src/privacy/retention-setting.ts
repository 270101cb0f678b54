import {
  type AuditActor,
  type PreviewRetention,
  type Retention,
  type RetentionPreview,
  type RetentionSetting,
  type SetRetention,
  type TenantId,
  timestamp,
} from '@baton/schema';
import type { ClientSession } from 'mongodb';
import { appendAudit, OPERATOR } from '../audit/append.ts';
import { READ_TIMEOUT_MS, WRITE_TIMEOUT_MS } from '../connection/deadlines.ts';
import type { WireDocument } from '../schema/collections.ts';
import { byId, type Collections } from '../schema/open-collections.ts';
import { idempotentInTransaction } from '../write/idempotent.ts';
import { countPast } from './past-limit.ts';

export type RetentionRecord = WireDocument<'retention'>;

const DAY_MS = 24 * 3_600_000;

/** How long a preview counts, and how long it takes to say what is left. */
const PREVIEW_MS = 5_000;
const LEFT_MS = 1_500;

/** What has not changed since this instant is past a limit of so many days, by MongoDB's clock. */
export function limitOf({ clock }: Pick<Collections, 'clock'>, days: number): string {
  return timestamp(clock.now() - days * DAY_MS);
}

async function find(
  { retention }: Collections,
  tenantId: TenantId,
  session?: ClientSession,
): Promise<RetentionRecord | null> {
  const options = { maxTimeMS: READ_TIMEOUT_MS, ...(session && { session }) };
  const document = await retention.collection.findOne({ ...byId(tenantId), tenantId }, options);
  return document && retention.decode(document);
}

function preview(
  collections: Collections,
  tenantId: TenantId,
  { days }: PreviewRetention,
): Promise<RetentionPreview> {
  return countPast(collections, tenantId, limitOf(collections, days), PREVIEW_MS);
}

async function get(collections: Collections, tenantId: TenantId, _input: object): Promise<Retention> {
  const record = await find(collections, tenantId);
  if (record === null)
    return { days: null, changedAt: null, changedBy: null, left: null, run: null, nextAt: null };
  const { days, changedAt, changedBy, run, dueAt } = record;
  const left =
    days === null ? null : await countPast(collections, tenantId, limitOf(collections, days), LEFT_MS);
  return { days, changedAt, changedBy, left, run: run && runOf(run), nextAt: dueAt };
}

function runOf(run: NonNullable<RetentionRecord['run']>): NonNullable<Retention['run']> {
  const { startedAt, finishedAt, before, conversations, contacts, failed, lastError } = run;
  return { startedAt, finishedAt, before, conversations, contacts, failed, lastError };
}

/**
 * Sets a tenant's limit. A run that goes on under another ends with what it has in hand, and the next begins at once.
 * @throws Refusal IDEMPOTENCY_MISMATCH
 */
async function set(
  collections: Collections,
  tenantId: TenantId,
  input: SetRetention,
  by: AuditActor = OPERATOR,
): Promise<RetentionSetting> {
  return idempotentInTransaction(collections, tenantId, 'privacy.setRetention', input, async (session) => {
    const before = await find(collections, tenantId, session);
    const { days } = input;
    const details = { days, before: before?.days ?? null };
    await appendAudit(collections, { tenantId, action: 'privacy.setRetention', by, details }, session);
    const { retention, clock } = collections;
    const setting = { days, changedAt: timestamp(clock.now()), changedBy: by };
    await retention.collection.updateOne(
      { ...byId(tenantId), tenantId },
      {
        $set: retention.encodePart({ ...setting, dueAt: setting.changedAt }),
        $setOnInsert: { run: null },
      },
      { upsert: true, session, maxTimeMS: WRITE_TIMEOUT_MS },
    );
    return setting;
  });
}

export const retentionQueries = { get, preview, set };
