import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { ApiKeyId } from '@baton/schema';

const SECRET_BYTES = 32;

const FORM = /^baton_([0-9a-f]{24})_[A-Za-z0-9_-]{43}$/;
/** Of keys that versions before made. */
const FORM_WITHOUT_ID = /^baton_[A-Za-z0-9_-]{43}$/;

/** A new key, `baton_<id>_<secret>`: its secret has 256 random bits. */
export function newKey(id: ApiKeyId): string {
  return `${prefixOf(id)}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

export const prefixOf = (id: ApiKeyId): string => `baton_${id}`;

/** Whether it looks like a key of ours. */
export const isKey = (text: string): boolean => FORM.test(text) || FORM_WITHOUT_ID.test(text);

/** The id in a key; null where a version before has made it. */
export function idIn(key: string): ApiKeyId | null {
  const [, id] = FORM.exec(key) ?? [];
  return id === undefined ? null : ApiKeyId.parse(id);
}

/** What is stored of a key. No salt or slow hash is needed: the secret has 256 random bits. */
export function hashOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Takes the same time wherever two hashes differ. */
export function isSameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
