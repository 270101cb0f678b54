import { isIP } from 'node:net';
import { z } from 'zod';
import { DEFAULT_LIMITS, type HttpLimits } from './http/limits.ts';

/** Names of networks that stand for addresses of the machine itself, of a link, of a private network. */
const NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

function isProxy(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const version = isIP(address);
  if (version === 0) return NETWORKS.has(value);
  const mostBits = version === 4 ? 32 : 128;
  return (
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= mostBits))
  );
}

const TrustProxy = z.string().transform((text, context): boolean | string[] => {
  if (text === 'true') return true;
  if (text === 'false' || text.trim() === '') return false;
  const proxies = text.split(',').map((part) => part.trim());
  if (proxies.every(isProxy)) return proxies;
  context.addIssue({
    code: 'custom',
    message: 'Expected true, false, or addresses and networks of proxies: 10.0.0.0/8,192.168.1.7',
  });
  return z.NEVER;
});

const { bodyBytes, arrivalMs, totalBodyBytes, nesting, members, batchCalls, answerBytes } = DEFAULT_LIMITS;

const Count = z.coerce.number().int();

/** What the process reads from its environment. */
export const Settings = z
  .object({
    MONGODB_URI: z.string().min(1, 'Set MONGODB_URI to the connection string of a replica set'),
    BATON_PORT: Count.min(0).max(65_535).default(4_000),
    BATON_HOST: z.string().min(1).default('0.0.0.0'),
    BATON_FEEDS_PER_TENANT: Count.min(1).default(5_000),
    BATON_TRUST_PROXY: TrustProxy.default(false),
    BATON_VALIDATE_ANSWERS: z.stringbool().default(false),
    BATON_BODY_BYTES: Count.min(4_096).default(bodyBytes),
    BATON_BODY_MS: Count.min(100).default(arrivalMs),
    BATON_ALL_BODIES_BYTES: Count.default(totalBodyBytes),
    BATON_NESTING: Count.min(16).default(nesting),
    BATON_MEMBERS: Count.min(1_000).default(members),
    BATON_BATCH_CALLS: Count.min(1).default(batchCalls),
    BATON_ANSWER_BYTES: Count.min(4_096).default(answerBytes),
  })
  .refine(({ BATON_BODY_BYTES, BATON_ALL_BODIES_BYTES }) => BATON_ALL_BODIES_BYTES >= 2 * BATON_BODY_BYTES, {
    path: ['BATON_ALL_BODIES_BYTES'],
    message: 'Expected twice BATON_BODY_BYTES or more, because a tenant may have half of it',
  });
export type Settings = z.infer<typeof Settings>;

export function limitsOf(settings: Settings): HttpLimits {
  return {
    bodyBytes: settings.BATON_BODY_BYTES,
    arrivalMs: settings.BATON_BODY_MS,
    totalBodyBytes: settings.BATON_ALL_BODIES_BYTES,
    nesting: settings.BATON_NESTING,
    members: settings.BATON_MEMBERS,
    batchCalls: settings.BATON_BATCH_CALLS,
    answerBytes: settings.BATON_ANSWER_BYTES,
  };
}
