import { Refusal } from '@baton/domain';
import type { ClaimedFollowUp } from '@baton/schema';
import type { DueList } from './due-follow-ups.ts';
import type { Asker } from './take-due.ts';

/** Most follow-ups that one look takes, unless one asker alone wants more. */
const MOST_OF_A_LOOK = 256;
/** Most askers that may wait for one list. */
const WAITING_LIMIT = 1_000;
const RETRY_AFTER_MS = 1_000;

type Take = (list: DueList, askers: readonly Asker[]) => Promise<ClaimedFollowUp[][]>;

type Waiting = Asker & {
  resolve: (claimed: ClaimedFollowUp[]) => void;
  reject: (error: unknown) => void;
};

/**
 * Those who ask for due follow-ups of the same list while a look at it is under way share the next one, so that many
 * askers cost no more than one. A lone asker waits for nothing.
 */
export class ClaimQueue {
  readonly #take: Take;
  /** The askers of each list that is being looked at. */
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(take: Take) {
    this.#take = take;
  }

  /** @throws Refusal RATE_LIMITED where too many wait for the same list */
  claim(list: DueList, asker: Asker): Promise<ClaimedFollowUp[]> {
    return new Promise((resolve, reject) => {
      const key = `${list.tenantId}/${list.assignee ?? ''}`;
      const waiting = this.#waiting.get(key);
      if (waiting !== undefined && waiting.length >= WAITING_LIMIT) {
        const details = { limit: WAITING_LIMIT, retryAfterMs: RETRY_AFTER_MS };
        reject(new Refusal('RATE_LIMITED', 'Too many claims wait; try again later', details));
        return;
      }
      const one = { ...asker, resolve, reject };
      if (waiting !== undefined) {
        waiting.push(one);
        return;
      }
      this.#waiting.set(key, [one]);
      // Those who ask in the same tick are in the first look already.
      queueMicrotask(() => void this.#serve(key, list));
    });
  }

  async #serve(key: string, list: DueList): Promise<void> {
    const waiting = this.#waiting.get(key) ?? [];
    while (waiting.length > 0) {
      const askers = takeTogether(waiting);
      try {
        const taken = await this.#take(list, askers);
        for (const [index, { resolve }] of askers.entries()) resolve(taken[index] ?? []);
      } catch (error) {
        for (const { reject } of askers) reject(error);
      }
    }
    this.#waiting.delete(key);
  }
}

/** Takes the first askers out of the queue, as many as one look serves. */
function takeTogether(waiting: Waiting[]): Waiting[] {
  let wanted = 0;
  const past = waiting.findIndex(({ limit }, index) => {
    wanted += limit;
    return index > 0 && wanted > MOST_OF_A_LOOK;
  });
  return waiting.splice(0, past === -1 ? waiting.length : past);
}
