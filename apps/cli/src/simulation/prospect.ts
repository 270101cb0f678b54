import type { Channel, ContactDetails } from '@baton/schema';
import type { SeededRandom } from './seeded-random.ts';
import { INDUSTRIES, type Industry, type NonEmpty } from './industries.ts';

const FIRST_NAMES: NonEmpty<string> = [
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

const LAST_NAMES: NonEmpty<string> = [
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

const TIME_ZONES: NonEmpty<string> = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'Europe/London',
  'Europe/Berlin',
];

export type Persona = { role: string; decidesAlone: boolean; approver: string };

const PERSONAS: NonEmpty<Persona> = [
  { role: 'Owner', decidesAlone: true, approver: 'my business partner' },
  { role: 'Managing partner', decidesAlone: true, approver: 'the other partners' },
  { role: 'Operations manager', decidesAlone: false, approver: 'our director' },
  { role: 'Office manager', decidesAlone: false, approver: 'the owner' },
  { role: 'Head of customer experience', decidesAlone: false, approver: 'our COO' },
  { role: 'Regional director', decidesAlone: true, approver: 'the board' },
];

/** The customer of a story, and what is sold to them. */
export type Prospect = {
  contactId: string;
  contact: ContactDetails;
  firstName: string;
  company: string;
  industry: Industry;
  persona: Persona;
  channel: Channel;
  timeZone: string;
  locations: number;
  /** One of the industry's pain points. */
  painPoint: Industry['painPoints'][number];
  monthlyValueCents: number;
  setupFeeCents: number;
  /** A month, in whole dollars. */
  budgetDollars: number;
};

const CENTS_PER_LOCATION = 18_900;

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');
}

/**
 * @param usedContactIds contactIds of other prospects; the new one is added
 */
export function createProspect(
  random: SeededRandom,
  channel: Channel,
  usedContactIds: Set<string>,
): Prospect {
  const industry = random.pick(INDUSTRIES);
  const locations = random.integer(1, 9);
  const listPrice = locations * CENTS_PER_LOCATION;
  for (;;) {
    const firstName = random.pick(FIRST_NAMES);
    const lastName = random.pick(LAST_NAMES);
    const company = random.pick(industry.companies);
    const number = random.integer(2, 99);
    const name = `${firstName.toLowerCase()}.${lastName.toLowerCase()}`;
    const domain = `${slug(company)}.example`;
    const plainId = `${name}@${domain}`;
    const contactId = usedContactIds.has(plainId) ? `${name}${number}@${domain}` : plainId;
    if (usedContactIds.has(contactId)) continue;
    usedContactIds.add(contactId);
    const timeZone = random.pick(TIME_ZONES);
    return {
      contactId,
      contact: {
        name: `${firstName} ${lastName}`,
        email: contactId,
        phone: `+1 555 01${random.integer(10, 99)}`,
        timeZone,
      },
      firstName: firstName,
      company,
      industry: industry,
      persona: random.pick(PERSONAS),
      channel,
      timeZone,
      locations: locations,
      painPoint: random.pick(industry.painPoints),
      monthlyValueCents: listPrice,
      setupFeeCents: random.pick([0, 49_000, 95_000, 150_000]),
      budgetDollars: Math.round(((listPrice / 100) * 1.15) / 50) * 50,
    };
  }
}
