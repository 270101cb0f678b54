import type { Channel, ContactDetails } from '@baton/schema';
import type { Chance } from '../seeded-random.ts';
import { type Vertical, VERTICALS } from './verticals.ts';

type Some<Value> = readonly [Value, ...Value[]];

const FIRST_NAMES: Some<string> = [
  'Maya',
  'Tobias',
  'Ines',
  'Kofi',
  'Hannah',
  'Ravi',
  'Elena',
  'Marcus',
  'Yuki',
  'Sofia',
  'Daniel',
  'Amara',
  'Lukas',
  'Noor',
  'Camille',
  'Diego',
  'Freya',
  'Omar',
  'Priscilla',
  'Anton',
  'Leila',
  'Jonas',
  'Beatriz',
  'Samir',
  'Greta',
  'Owen',
  'Thandi',
  'Mateo',
  'Ingrid',
  'Pavel',
  'Rosa',
  'Callum',
  'Nadia',
  'Henrik',
  'Aisha',
  'Victor',
];

const LAST_NAMES: Some<string> = [
  'Lindqvist',
  'Okafor',
  'Marchetti',
  'Brandt',
  'Castellano',
  'Iyer',
  'Whitlock',
  'Sandoval',
  'Novak',
  'Haddad',
  'Pereira',
  'Kowalski',
  'Thorne',
  'Mensah',
  'Delacroix',
  'Yamada',
  'Fitzgerald',
  'Rahman',
  'Bergstrom',
  'Quintero',
  'Achterberg',
  'Moreau',
  'Castillo',
  'Halvorsen',
  'Petrov',
  'Adeyemi',
  'Gallagher',
  'Ferrara',
  'Tanaka',
  'Osei',
  'Vasquez',
  'Lindholm',
  'Duarte',
  'Ashworth',
  'Keller',
  'Banerjee',
];

const TIME_ZONES: Some<string> = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'Europe/London',
  'Europe/Berlin',
];

/** Somebody who decides alone, or has to ask. */
export type Persona = { role: string; decidesAlone: boolean; boss: string; tone: 'brisk' | 'warm' | 'wary' };

const PERSONAS: Some<Persona> = [
  { role: 'Owner', decidesAlone: true, boss: 'my business partner', tone: 'brisk' },
  { role: 'Managing partner', decidesAlone: true, boss: 'the other partners', tone: 'wary' },
  { role: 'Operations manager', decidesAlone: false, boss: 'our director', tone: 'brisk' },
  { role: 'Office manager', decidesAlone: false, boss: 'the owner', tone: 'warm' },
  { role: 'Head of customer experience', decidesAlone: false, boss: 'our COO', tone: 'warm' },
  { role: 'Regional director', decidesAlone: true, boss: 'the board', tone: 'wary' },
];

/** Who a story is about, and what is sold to them. */
export type Cast = {
  contactId: string;
  contact: ContactDetails;
  first: string;
  company: string;
  vertical: Vertical;
  persona: Persona;
  channel: Channel;
  timeZone: string;
  /** Places that the company runs. */
  sites: number;
  /** One of the vertical's pains, the one that hurts most. */
  pain: Vertical['pains'][number];
  monthlyValueCents: number;
  setupFeeCents: number;
  /** What the customer says it may cost a month, in whole dollars. */
  budgetDollars: number;
};

const CENTS_A_SITE = 18_900;

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');
}

/**
 * A person with a company and a wish to buy.
 * @param taken contactIds that stand for somebody else already; the new one is added
 */
export function castOf(chance: Chance, channel: Channel, taken: Set<string>): Cast {
  const vertical = chance.pick(VERTICALS);
  const sites = chance.between(1, 9);
  const listPrice = sites * CENTS_A_SITE;
  for (;;) {
    const first = chance.pick(FIRST_NAMES);
    const last = chance.pick(LAST_NAMES);
    const company = chance.pick(vertical.companies);
    const number = chance.between(2, 99);
    const name = `${first.toLowerCase()}.${last.toLowerCase()}`;
    const domain = `${slug(company)}.example`;
    const plain = `${name}@${domain}`;
    const contactId = taken.has(plain) ? `${name}${number}@${domain}` : plain;
    if (taken.has(contactId)) continue;
    taken.add(contactId);
    const timeZone = chance.pick(TIME_ZONES);
    return {
      contactId,
      contact: {
        name: `${first} ${last}`,
        email: contactId,
        phone: `+1 555 01${chance.between(10, 99)}`,
        timeZone,
      },
      first,
      company,
      vertical,
      persona: chance.pick(PERSONAS),
      channel,
      timeZone,
      sites,
      pain: chance.pick(vertical.pains),
      monthlyValueCents: listPrice,
      setupFeeCents: chance.pick([0, 49_000, 95_000, 150_000]),
      budgetDollars: Math.round(((listPrice / 100) * 1.15) / 50) * 50,
    };
  }
}
