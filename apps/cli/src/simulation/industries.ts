export type NonEmpty<Value> = readonly [Value, ...Value[]];

export type Industry = {
  name: string;
  /** With its article: "a dental group". */
  business: string;
  companies: NonEmpty<string>;
  clients: string;
  appointment: string;
  frontDesk: string;
  currentTools: NonEmpty<string>;
  useCase: string;
  painPoints: NonEmpty<{ statement: string; summary: string }>;
  /** A feature that the product does not have. */
  specialFeature: string;
};

/** An invented product: booking, reminders and billing for businesses that work by appointment. */
export const PRODUCT = 'Lanternway';

export const COMPETITOR = 'Slotgrid';

export const INDUSTRIES: NonEmpty<Industry> = [
  {
    name: 'dental',
    business: 'a dental group',
    companies: ['Brightwater Dental', 'Oak & Ivory Dental', 'Harbor Smiles', 'Northgate Dental Partners'],
    clients: 'patients',
    appointment: 'appointment',
    frontDesk: 'front desk',
    currentTools: [
      'a shared spreadsheet and a lot of sticky notes',
      'a ten-year-old practice system nobody dares to update',
    ],
    useCase: 'Recall reminders and self-service rebooking for hygiene visits',
    painPoints: [
      {
        statement: 'We lose about 14 hygiene slots a week to no-shows',
        summary: '14 hygiene slots lost to no-shows a week',
      },
      {
        statement: 'My receptionists spend their whole morning calling people back',
        summary: 'Mornings lost to call-backs',
      },
      {
        statement: 'Half of our recall list has not been contacted since spring',
        summary: 'Recall list half untouched',
      },
    ],
    specialFeature: 'insurance pre-checks before the visit',
  },
  {
    name: 'veterinary',
    business: 'a veterinary clinic',
    companies: ['Willow Creek Vets', 'Paw & Paddock', 'Fernhill Animal Clinic', 'Two Rivers Veterinary'],
    clients: 'pet owners',
    appointment: 'visit',
    frontDesk: 'reception',
    currentTools: [
      'a paper diary, I kid you not',
      'a calendar that two of us can edit at once and regularly do',
    ],
    useCase: 'Vaccination reminders and online booking across clinics',
    painPoints: [
      { statement: 'Double bookings on Saturdays are killing us', summary: 'Double bookings on Saturdays' },
      {
        statement: 'Vaccination reminders go out by hand, when they go out at all',
        summary: 'Vaccination reminders by hand',
      },
      {
        statement: 'The phone rings 90 times before noon on Mondays',
        summary: '90 calls before noon on Mondays',
      },
    ],
    specialFeature: 'one invoice for several animals of the same owner',
  },
  {
    name: 'fitness',
    business: 'a studio chain',
    companies: ['Kinetic Yard', 'Pulse & Pine Studios', 'Ironbridge Gym', 'Slowburn Pilates'],
    clients: 'members',
    appointment: 'class',
    frontDesk: 'front of house',
    currentTools: ['three tools that do not talk to each other', 'a booking page our old web agency built'],
    useCase: 'Waitlists that fill themselves and failed-payment recovery',
    painPoints: [
      {
        statement: 'Classes show as full and then run with four empty mats',
        summary: 'Full classes with empty mats',
      },
      {
        statement: 'We wrote off almost $6,000 in failed card payments last quarter',
        summary: '$6,000 of failed payments a quarter',
      },
      {
        statement: 'Trial members vanish after the first week and nobody follows up',
        summary: 'Trial members are not followed up',
      },
    ],
    specialFeature: 'door access tied to the membership',
  },
  {
    name: 'home services',
    business: 'a heating and plumbing company',
    companies: [
      'Granite Heating & Air',
      'Bluepipe Plumbing',
      'Cedar Valley Comfort',
      'Tri-County Mechanical',
    ],
    clients: 'homeowners',
    appointment: 'job',
    frontDesk: 'dispatch',
    currentTools: [
      'a whiteboard in the garage, photographed every morning',
      'a group chat with 22 technicians',
    ],
    useCase: 'Dispatch with arrival texts and invoices from the van',
    painPoints: [
      { statement: 'Technicians drive past each other all day', summary: 'Overlapping routes' },
      { statement: 'We invoice nine days after the job on average', summary: 'Invoices nine days late' },
      {
        statement: 'Customers call four times to ask where the van is',
        summary: 'Calls asking where the van is',
      },
    ],
    specialFeature: 'parts inventory per van',
  },
  {
    name: 'law',
    business: 'a law office',
    companies: ['Ashgrove Legal', 'Tillman & Reyes', 'Counsel on Main', 'Merriweather Law'],
    clients: 'clients',
    appointment: 'consultation',
    frontDesk: 'intake',
    currentTools: ['e-mail threads and good intentions', 'a case system that has no calendar worth the name'],
    useCase: 'Paid consultations that are booked, reminded and billed in one flow',
    painPoints: [
      {
        statement: 'One in five first consultations never happens',
        summary: 'One in five first consultations lost',
      },
      {
        statement: 'Intake forms come back half empty, the night before',
        summary: 'Half-empty intake forms',
      },
      {
        statement: 'Our paralegals play calendar ping-pong instead of working',
        summary: 'Calendar ping-pong by paralegals',
      },
    ],
    specialFeature: 'conflict checks at booking',
  },
  {
    name: 'physiotherapy',
    business: 'a physiotherapy practice',
    companies: ['Stride Physio', 'Backbone Clinics', 'Riverside Rehab', 'Motion House'],
    clients: 'patients',
    appointment: 'session',
    frontDesk: 'front desk',
    currentTools: ['software from the days of fax machines', 'a calendar app and a prayer'],
    useCase: 'Series of sessions booked at once, with reminders and packages',
    painPoints: [
      {
        statement: 'People book six sessions and turn up to three',
        summary: 'Half of booked sessions missed',
      },
      {
        statement: 'Package balances live in one colleague’s head',
        summary: 'Package balances kept by memory',
      },
      {
        statement: 'Evening slots are gone by Tuesday and mornings stay empty',
        summary: 'Uneven load over the day',
      },
    ],
    specialFeature: 'exercise plans sent with the reminder',
  },
];
