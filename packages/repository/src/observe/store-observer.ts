import type { TenantId } from '@baton/schema';

/** A transaction of commands that has ended. */
export interface EndedBatch {
  tenantId: TenantId;
  /** How many commands it had. */
  commands: number;
  tookMs: number;
  /** False where it was undone: most often its commands are tried again. */
  isCommitted: boolean;
}

/** Told of what happens in a store, on the path of calls: each must be quick and not throw. */
export interface StoreObserver {
  onBatch?: (batch: EndedBatch) => void;
  /** An entry came through the change stream so many milliseconds after mongod wrote it, by mongod's clock. */
  onFeedEntry?: (lagMs: number) => void;
  /** The change stream broke; it goes on by itself. */
  onFeedBreak?: () => void;
}

/** Reads that wait for their turn and those that run, of one lane. */
export interface LaneLoad {
  waiting: number;
  inFlight: number;
}

/** What waits and what runs in a store at this moment. */
export interface StoreLoad {
  commands: {
    /** In the queue. */
    waiting: number;
    /** Without an answer, in the queue or not. */
    unanswered: number;
    /** How long the oldest of these has been here, in milliseconds; 0 without any. */
    oldestMs: number;
    batchesInFlight: number;
    /** The tenants that wait for something. */
    waitingByTenant: ReadonlyMap<TenantId, number>;
  };
  reads: {
    lanes: Readonly<Record<'quick' | 'slow' | 'feed', LaneLoad>>;
    /** How long the read that waits longest has waited, in milliseconds. */
    oldestMs: number;
  };
  subscriptions: number;
  /** Documents that this process could not read, of all tenants. */
  unreadable: number;
}
