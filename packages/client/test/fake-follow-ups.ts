import type { AppRouter } from '@baton/router/api';
import { TRPCClientError, type TRPCClient } from '@trpc/client';

type Call = { signal: AbortSignal };
type Lease = { followUpId: string; leaseToken: string };
type Report = Lease & { idempotencyKey: string; outcome?: string; error?: string; retryAt?: string };

/** An answer of the server with a code. */
export function answered(code: string): TRPCClientError<never> {
  const data = { code: 'CONFLICT', httpStatus: 409, baton: { code } };
  return TRPCClientError.from({ error: { message: code, code: -32_009, data } });
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** What a worker calls of the server, on the clock and the timers of the test. */
export class FakeFollowUps {
  readonly #due: { id: string; attempts: number }[] = [];
  readonly #leases = new Map<string, { token: string; until: number }>();
  readonly #keys = new Set<string>();
  #tokens = 0;
  /** Every call that was made: its name and its key. */
  readonly calls: { name: string; key?: string }[] = [];
  /** The reports that were carried out, in their order. */
  readonly reports: Omit<Report, 'leaseToken' | 'idempotencyKey'>[] = [];
  isAway = false;
  /** Calls are never answered. */
  isHung = false;
  /** How long the answer of a claim takes. */
  claimAnswerMs = 0;
  /** How many reports are carried out and their answers lost. */
  loseAnswers = 0;
  /** Whether a claim says which attempt it is. */
  saysAttempt = true;
  /** Called when a claim's answer is on its way. */
  answering: () => void = () => undefined;
  /** What a report is refused with. */
  refuse: (report: Report) => Error | null = () => null;

  due(id: string, attempts = 0): void {
    this.#due.push({ id, attempts });
  }

  /** Another worker claims it, or a person changes it: its lease is gone. */
  takeAway(id: string): void {
    this.#leases.set(id, { token: 'of another', until: Infinity });
  }

  readonly api = {
    followUps: {
      claim: {
        mutate: async ({ limit, leaseMs }: { limit: number; leaseMs: number }) => {
          await this.#receive('claim');
          const until = performance.now() + leaseMs;
          const claimed = this.#due.splice(0, limit).map(({ id, attempts }) => {
            const leaseToken = `token-${(this.#tokens += 1)}`;
            this.#leases.set(id, { token: leaseToken, until });
            return {
              followUp: { id, attempts },
              ...(this.saysAttempt && { attempt: attempts + 1 }),
              leaseToken,
            };
          });
          if (this.claimAnswerMs > 0) await sleep(this.claimAnswerMs);
          if (claimed.length > 0) this.answering();
          return claimed;
        },
      },
      heartbeat: {
        mutate: async ({ followUpId, leaseToken, leaseMs }: Lease & { leaseMs: number }) => {
          await this.#receive('heartbeat');
          const lease = this.#leases.get(followUpId);
          const isLive = lease?.token === leaseToken && lease.until > performance.now();
          if (!isLive) throw answered('LEASE_LOST');
          lease.until = performance.now() + leaseMs;
        },
      },
      complete: { mutate: (report: Report, call: Call) => this.#report('complete', report, call) },
      fail: { mutate: (report: Report, call: Call) => this.#report('fail', report, call) },
    },
    // Of the client only what a worker calls.
  } as unknown as TRPCClient<AppRouter>;

  async #receive(name: string, key?: string): Promise<void> {
    this.calls.push({ name, ...(key !== undefined && { key }) });
    if (this.isHung) await new Promise(() => undefined);
    if (this.isAway) throw new TRPCClientError('fetch failed');
  }

  async #report(name: string, report: Report, { signal }: Call): Promise<void> {
    signal.throwIfAborted();
    const { idempotencyKey: key, leaseToken, ...said } = report;
    await this.#receive(name, key);
    if (this.#keys.has(key)) return;
    const refused = this.refuse(report);
    if (refused !== null) throw refused;
    // A report after the lease has run out counts while nobody else has the follow-up.
    if (this.#leases.get(said.followUpId)?.token !== leaseToken) throw answered('LEASE_LOST');
    this.#leases.delete(said.followUpId);
    this.#keys.add(key);
    this.reports.push(said);
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1;
      throw new TRPCClientError('fetch failed');
    }
  }
}
