import type { Contact } from '@baton/schema';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { MAX_TERM_LENGTH } from '../schema/contact-documents.ts';

/** Words of a name that can be found; names of people have fewer. */
const MAX_WORDS = 8;
/** Fewer digits are rather a word than a part of a phone number. */
const MIN_DIGITS = 3;

type Searched = Pick<Contact, 'id' | 'name' | 'email' | 'phone'>;

/** Without what differs between two spellings of the same: case, accents, and forms of letters. */
function fold(value: string): string {
  return value.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

function wordsOf(value: string): string[] {
  return fold(value).match(/[\p{L}\p{N}]+/gu) ?? [];
}

function cut(term: string): string {
  return Array.from(term).slice(0, MAX_TERM_LENGTH).join('');
}

/** The E.164 form of a phone number with its country code; null of any other text. */
export function phoneOf(value: string): string | null {
  const phone = parsePhoneNumberFromString(value);
  return phone?.isPossible() === true ? phone.number : null;
}

/** As it is kept and looked for: mail servers that tell case apart are not known any more. */
export function emailOf(value: string): string {
  return value.normalize('NFC').trim().toLowerCase();
}

/**
 * What finds a contact, each by its beginning: its name from each word on, round to the word before it, so that one term
 * has all words; its e-mail address; its phone number with and without the country code; and its id.
 */
export function termsOf({ id, name, email, phone }: Searched): string[] {
  const words = wordsOf(name ?? '').slice(0, MAX_WORDS);
  const rounds = words.map((_, index) => [...words.slice(index), ...words.slice(0, index)].join(' '));
  const terms = [...rounds, fold(id), ...(email === undefined ? [] : [fold(email)]), ...phoneTerms(phone)];
  return [...new Set(terms.map(cut))].filter((term) => term !== '');
}

function phoneTerms(phone: string | undefined): string[] {
  if (phone === undefined) return [];
  const national = parsePhoneNumberFromString(phone)?.nationalNumber;
  return [digitsOf(phone), ...(national === undefined ? [] : [digitsOf(national)])];
}

/** Without the zeros that stand for leaving a town or a country. */
function digitsOf(value: string): string {
  return value.replaceAll(/\D/gu, '').replace(/^0+/u, '');
}

/** What a term must begin with, and what else must begin words of it. */
export type ContactQuery = { prefix: string; others: string[] };

/** What to look for; null where nothing can be found. The longest word comes first: fewest terms begin with it. */
export function contactQueryOf(text: string): ContactQuery | null {
  const digits = digitsOf(text);
  if (/^[\d\s+()./-]+$/u.test(text) && digits.length >= MIN_DIGITS) return { prefix: digits, others: [] };
  if (/^\s*\S*@\S*\s*$/u.test(text)) return { prefix: cut(fold(text).trim()), others: [] };
  const words = wordsOf(text);
  // An id like `crm:ann` begins with its first word, a name with any of them.
  const isOneToken = !/\S\s+\S/u.test(text);
  const [prefix, ...others] = isOneToken ? words : words.toSorted((a, b) => b.length - a.length);
  return prefix === undefined ? null : { prefix: cut(prefix), others };
}

/** Whether a term answers a query. */
export function isFoundBy(term: string, { prefix, others }: ContactQuery): boolean {
  if (!term.startsWith(prefix)) return false;
  const words = term.match(/[\p{L}\p{N}]+/gu) ?? [];
  return others.every((other) => words.some((word) => word.startsWith(other)));
}

/** The same for MongoDB, of the words that a range of the index cannot say. */
export function patternsOf({ others }: ContactQuery): RegExp[] {
  // Letters and digits alone, so that nothing in them means something in a pattern.
  return others.map((other) => new RegExp(`(^|[^\\p{L}\\p{N}])${other}`, 'u'));
}

/** The term of a contact at which a list shows it: the first of those that a query finds, as MongoDB orders them. */
export function firstTermFor(contact: Searched, query: ContactQuery): string | undefined {
  const found = termsOf(contact).filter((term) => isFoundBy(term, query));
  return found.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))[0];
}
