import type { IncomingMessage } from 'node:http';
import { Refusal } from '@baton/domain';
import type { BodyPlace } from './body-budget.ts';
import { RequestRefusal } from './request-refusal.ts';
import type { SlowBodies } from './slow-bodies.ts';
import { findExcess, type ShapeLimits } from './json-shape.ts';

/** What the body of one request may be. */
export interface BodyRules {
  /** Most bytes. */
  maxBytes: number;
  /** What the input of a call may be made of. */
  shape: ShapeLimits;
  /** Whether the inputs of several calls are wrapped in an object. */
  isBatch: boolean;
  /** Where its bytes count; null where its size alone bounds them. */
  place: BodyPlace | null;
  /** Ends it where it comes too slowly. */
  slow: SlowBodies;
}

export function tooLarge(maxBytes: number): Refusal {
  return new Refusal('BODY_TOO_LARGE', `The request is larger than ${maxBytes} bytes`);
}

export function noRoom(): Refusal {
  const message = 'The server holds too many large requests; try again later';
  return new Refusal('UNAVAILABLE', message, { retryAfterMs: 1_000 });
}

export function tooSlow(): RequestRefusal {
  return new RequestRefusal(408, 'UNAVAILABLE', 'The request took too long to arrive');
}

export function brokenOff(): Refusal {
  return new Refusal('INVALID_INPUT', 'The request broke off');
}

/** @throws Refusal INVALID_INPUT */
export function requireModest(json: string, { shape, isBatch }: Pick<BodyRules, 'shape' | 'isBatch'>): void {
  const excess = findExcess(json, shape, isBatch ? 1 : 0);
  if (excess !== null) throw new Refusal('INVALID_INPUT', `The input has more than ${excess}`);
}

/**
 * Reads the body of a request as text, and no further than its rules allow.
 * @throws Refusal BODY_TOO_LARGE, UNAVAILABLE where there is no room, INVALID_INPUT for one that is made of too much or breaks off
 */
export async function readBody(payload: IncomingMessage, rules: BodyRules): Promise<string> {
  const text = (await readBytes(payload, rules)).toString('utf8');
  requireModest(text, rules);
  return text;
}

function readBytes(payload: IncomingMessage, { maxBytes, place, slow }: BodyRules): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let length = 0;
  const arriving = slow.watch(() => reject(tooSlow()));
  const onData = (chunk: Buffer) => {
    length += chunk.length;
    arriving.bytes = length;
    if (length > maxBytes) reject(tooLarge(maxBytes));
    else if (place?.growTo(length) === false) reject(noRoom());
    else chunks.push(chunk);
  };
  const onEnd = () => {
    place?.arrived();
    const [first] = chunks;
    // Most bodies come in one piece, which need not be copied.
    resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, length));
  };
  const onBreak = () => reject(brokenOff());
  payload.on('data', onData).once('end', onEnd).once('error', onBreak).once('close', onBreak);
  return promise.finally(() => {
    arriving[Symbol.dispose]();
    payload.pause();
    payload.off('data', onData).off('end', onEnd).off('close', onBreak);
    // A later error of the connection has nobody else who listens.
    payload.off('error', onBreak).on('error', () => undefined);
  });
}
