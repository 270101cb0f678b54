import type { Readiness } from '@baton/schema';

/** How long an answer holds, and how long MongoDB has for it, in milliseconds. */
const CACHE_MS = 1_000;
const TIMEOUT_MS = 800;

const NO_ANSWER: Readiness = { ready: false, mongodb: false, pendingMigrations: [] };

/** Whether the server is ready: looked up once a second at most, whoever asks, and answered within a second. */
export class ReadinessProbe {
  readonly #look: () => Promise<Readiness>;
  #latest: Readiness = NO_ANSWER;
  #freshUntil = Number.NEGATIVE_INFINITY;
  #asking: Promise<Readiness> | null = null;

  constructor(look: () => Promise<Readiness>) {
    this.#look = look;
  }

  async ask(): Promise<Readiness> {
    if (performance.now() < this.#freshUntil) return this.#latest;
    this.#asking ??= this.#askInTime().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** MongoDB that hangs does not answer for as long as a socket lives: who waits is told before. */
  async #askInTime(): Promise<Readiness> {
    const late = Promise.withResolvers<Readiness>();
    const timer = setTimeout(() => late.resolve(NO_ANSWER), TIMEOUT_MS);
    try {
      this.#latest = await Promise.race([this.#look().catch(() => NO_ANSWER), late.promise]);
    } finally {
      clearTimeout(timer);
    }
    this.#freshUntil = performance.now() + CACHE_MS;
    return this.#latest;
  }
}
