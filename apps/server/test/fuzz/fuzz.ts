import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import fc from 'fast-check';
import { type FuzzRequest, requestsOf } from './requests.ts';
import type { KnownValues } from './known-values.ts';
import { rawBytes, sendRaw } from './raw-bytes.ts';

export type FuzzCredential = {
  name: string;
  headers: Record<string, string>;
  /** Takes part in each so-many-th round alone: where two tenants are active, heavy reads wait for each other. */
  everyRounds?: number;
};

export type FuzzOptions = {
  url: string;
  credentials: readonly FuzzCredential[];
  known: KnownValues;
  /** How many calls at least; those of a batch count one by one. */
  calls: number;
  seed: number;
  /** How many requests are on their way at once. */
  concurrency?: number;
  /** A request that takes longer is sent again by itself. */
  slowMs?: number;
  onRound?: (report: FuzzReport) => void;
};

export type FuzzFault = { what: string; request: string; answer: string };

export type FuzzReport = {
  calls: number;
  rawRequests: number;
  /** How often each code, or status where there is none, was answered. */
  codes: Map<string, number>;
  /** How many calls of each procedure were done, not refused. */
  done: Map<string, number>;
  faults: FuzzFault[];
  /** The longest, with nothing else on its way where it seemed slow. */
  slowestMs: number;
};

/** Requests of a round, which know what those before it were told; and how many rounds there are at least. */
const ROUND = 1_000;
const LEAST_ROUNDS = 5;
const RAW_OF_A_ROUND = 30;
const SLOW_MS = 1_000;
const TRIES_OF_SLOW = 3;
const FEED_BYTES = 200;
const MOST_FAULTS = 50;

type Answer = { status: number; text: string; ms: number };
type BatonAnswer = {
  result?: { data?: unknown };
  error?: { message?: string; data?: { path?: string; httpStatus?: number; baton?: { code?: string } } };
};

/**
 * Makes calls by every credential from random inputs of the router's own schemas, valid and hostile, and sends bytes that
 * are hardly HTTP. A fault is an answer that blames the server, one that is not in Baton's form, and a call that takes long
 * whenever it is made alone.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { url, credentials, known, seed, concurrency = 24 } = options;
  const report: FuzzReport = {
    calls: 0,
    rawRequests: 0,
    codes: new Map(),
    done: new Map(),
    faults: [],
    slowestMs: 0,
  };
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const run = new FuzzRun(options, report, agent);
  const numRuns = Math.min(ROUND, Math.ceil(options.calls / LEAST_ROUNDS));
  for (let round = 0; report.calls < options.calls && report.faults.length < MOST_FAULTS; round += 1) {
    const seedOfRound = { seed: seed * 1_000_003 + round };
    const requests = fc
      .sample(requestsOf(known, credentials.length), { ...seedOfRound, numRuns })
      .filter(({ credential }) => round % (credentials[credential]?.everyRounds ?? 1) === 0);
    const raws = fc.sample(rawBytes, { ...seedOfRound, numRuns: RAW_OF_A_ROUND });
    const sendAll = async () => {
      for (let each = requests.pop(); each !== undefined; each = requests.pop()) {
        if (report.calls < options.calls) await run.send(each);
      }
    };
    await Promise.all([
      ...Array.from({ length: concurrency }, sendAll),
      ...raws.map(async (bytes) => {
        const statuses = await sendRaw(url, bytes);
        report.rawRequests += 1;
        const fault = statuses.find((status) => status === 500);
        if (fault !== undefined)
          report.faults.push({ what: `status ${fault}`, request: bytes.toString('latin1'), answer: '' });
      }),
    ]);
    await run.sendSlowAgain();
    options.onRound?.(report);
  }
  agent.destroy();
  return report;
}

class FuzzRun {
  readonly #options: FuzzOptions;
  readonly #report: FuzzReport;
  readonly #agent: Agent;
  readonly #slow: FuzzRequest[] = [];

  constructor(options: FuzzOptions, report: FuzzReport, agent: Agent) {
    this.#options = options;
    this.#report = report;
    this.#agent = agent;
  }

  async send(request: FuzzRequest): Promise<void> {
    const answer = await this.#ask(request);
    this.#report.calls += request.calls.length;
    if (answer.ms > (this.#options.slowMs ?? SLOW_MS)) this.#slow.push(request);
    else this.#report.slowestMs = Math.max(this.#report.slowestMs, answer.ms);
    if (request.type === 'subscription' && answer.status === 200) this.#count(this.#report.codes, 'feed');
    else this.#judge(request, answer);
  }

  /** Others may have made a call slow: it is slow where it is so alone, each time. */
  async sendSlowAgain(): Promise<void> {
    // A batch is as long as its calls together.
    const slow = this.#slow
      .splice(0)
      .flatMap((request) => request.calls.map((call) => ({ ...request, calls: [call] })));
    for (const request of slow) {
      let leastMs = Infinity;
      for (let count = 0; count < TRIES_OF_SLOW; count += 1) {
        leastMs = Math.min(leastMs, (await this.#ask(request)).ms);
      }
      this.#report.slowestMs = Math.max(this.#report.slowestMs, leastMs);
      if (leastMs > (this.#options.slowMs ?? SLOW_MS))
        this.#fault(`took ${leastMs.toFixed()} ms alone`, request, '');
    }
  }

  #judge(request: FuzzRequest, { status, text }: Answer): void {
    if (status === 500) this.#fault('status 500', request, text);
    let parsed: unknown;
    try {
      // What is streamed is a line for each part.
      const isStream = request.more['trpc-accept'] !== undefined;
      parsed = isStream ? null : JSON.parse(text);
    } catch {
      this.#fault('no JSON', request, text);
      return;
    }
    if (parsed === null) {
      if (text.includes('"INTERNAL"')) this.#fault('INTERNAL in a stream', request, text);
      this.#count(this.#report.codes, `stream ${status}`);
      return;
    }
    // The form of tRPC's answers, which is checked by what is read of it.
    const answers = (Array.isArray(parsed) ? parsed : [parsed]) as BatonAnswer[];
    for (const [index, { result, error }] of answers.entries()) {
      const path = request.calls[index]?.path ?? '';
      if (result !== undefined) {
        this.#count(this.#report.codes, 'done');
        this.#count(this.#report.done, path);
        this.#options.known.learn(path, result.data);
        continue;
      }
      const code = error?.data?.baton?.code;
      this.#count(this.#report.codes, code ?? `none, ${status}`);
      if (code === undefined) this.#fault('no code of Baton', request, text);
      else if (code === 'INTERNAL' || code === 'UNREADABLE') this.#fault(code, request, text);
    }
  }

  #count(counts: Map<string, number>, name: string): void {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  #fault(what: string, request: FuzzRequest, text: string): void {
    const { credential, ...sent } = request;
    const by = this.#options.credentials[credential]?.name;
    const asked = JSON.stringify({ by, ...sent }).slice(0, 3_000);
    this.#report.faults.push({ what, request: asked, answer: text.slice(0, 600) });
  }

  async #ask(request: FuzzRequest, isAgain = false): Promise<Answer> {
    const { calls, isBatch, type, more, credential } = request;
    const isBody = type === 'mutation' || (type === 'query' && request.isPost);
    const input = isBatch
      ? Object.fromEntries(
          calls.flatMap((call, index) => (call.input === undefined ? [] : [[index, call.input]])),
        )
      : calls[0]?.input;
    const json = input === undefined ? undefined : JSON.stringify(input);
    const search = new URLSearchParams();
    if (isBatch) search.set('batch', '1');
    // A longer address is refused as such.
    const isLong = json !== undefined && encodeURIComponent(json).length > 7_000;
    const asBody = type === 'subscription' ? false : isBody || isLong;
    if (!asBody && json !== undefined) search.set('input', json);
    const paths = calls.map(({ path }) => path).join(',');
    const headers: Record<string, string | number> = {
      ...this.#options.credentials[credential]?.headers,
      ...more,
      ...(asBody && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json ?? '') }),
    };
    const from = performance.now();
    const sent = httpRequest(`${this.#options.url}/trpc/${paths}?${search.toString()}`, {
      method: asBody ? 'POST' : 'GET',
      headers,
      agent: this.#agent,
    });
    try {
      sent.end(asBody ? json : undefined);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const text = await (type === 'subscription' ? beginningOf(response) : textOf(response));
      return { status: response.statusCode ?? 0, text, ms: performance.now() - from };
    } catch (error) {
      // The server may close a connection that was idle just when a request sets out on it.
      if (sent.reusedSocket && !isAgain) return this.#ask(request, true);
      this.#fault(`no answer: ${String(error)}`, request, '');
      return {
        status: 0,
        text: '{"error":{"data":{"baton":{"code":"NONE"}}}}',
        ms: performance.now() - from,
      };
    }
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  return Buffer.concat(await response.toArray()).toString();
}

/** The first bytes of a feed, which has no end. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) {
    text += String(chunk);
    if (text.length > FEED_BYTES || response.statusCode === 200) break;
  }
  return text;
}
