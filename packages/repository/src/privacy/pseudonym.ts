import { randomBytes } from 'node:crypto';

/** The form of a key that stands for somebody who was erased. */
export const PSEUDONYM = /^erased-[0-9a-f]{16}$/;

/** A key for nobody: random, so that nothing leads back from it. */
export function newPseudonym(): string {
  return `erased-${randomBytes(8).toString('hex')}`;
}
