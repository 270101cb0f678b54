type Some<Value> = readonly [Value, ...Value[]];

/** A trade that Lanternway is sold to, in its own words. */
export type Vertical = {
  name: string;
  /** What such a business calls itself: "a dental group". */
  business: string;
  companies: Some<string>;
  /** Those it serves, and when they come. */
  people: string;
  visit: string;
  /** Who picks up the phone. */
  desk: string;
  /** What it works with today. */
  today: Some<string>;
  useCase: string;
  pains: Some<{ said: string; short: string }>;
  /** Something it needs that not every product has. */
  feature: string;
};

/** Lanternway is our own invention: booking, reminders and billing for businesses that work by appointment. */
export const PRODUCT = 'Lanternway';

/** The product that the invented customers compare it with. */
export const RIVAL = 'Slotgrid';

export const VERTICALS: Some<Vertical> = [
  {
    name: 'dental',
    business: 'a dental group',
    companies: ['Brightwater Dental', 'Oak & Ivory Dental', 'Harbor Smiles', 'Northgate Dental Partners'],
    people: 'patients',
    visit: 'appointment',
    desk: 'front desk',
    today: [
      'a shared spreadsheet and a lot of sticky notes',
      'a ten-year-old practice system nobody dares to update',
    ],
    useCase: 'Recall reminders and self-service rebooking for hygiene visits',
    pains: [
      {
        said: 'We lose about 14 hygiene slots a week to no-shows',
        short: '14 hygiene slots lost to no-shows a week',
      },
      {
        said: 'My receptionists spend their whole morning calling people back',
        short: 'Mornings lost to call-backs',
      },
      {
        said: 'Half of our recall list has not been contacted since spring',
        short: 'Recall list half untouched',
      },
    ],
    feature: 'insurance pre-checks before the visit',
  },
  {
    name: 'veterinary',
    business: 'a veterinary clinic',
    companies: ['Willow Creek Vets', 'Paw & Paddock', 'Fernhill Animal Clinic', 'Two Rivers Veterinary'],
    people: 'pet owners',
    visit: 'visit',
    desk: 'reception',
    today: ['a paper diary, I kid you not', 'a calendar that two of us can edit at once and regularly do'],
    useCase: 'Vaccination reminders and online booking across clinics',
    pains: [
      { said: 'Double bookings on Saturdays are killing us', short: 'Double bookings on Saturdays' },
      {
        said: 'Vaccination reminders go out by hand, when they go out at all',
        short: 'Vaccination reminders by hand',
      },
      { said: 'The phone rings 90 times before noon on Mondays', short: '90 calls before noon on Mondays' },
    ],
    feature: 'one invoice for several animals of the same owner',
  },
  {
    name: 'fitness',
    business: 'a studio chain',
    companies: ['Kinetic Yard', 'Pulse & Pine Studios', 'Ironbridge Gym', 'Slowburn Pilates'],
    people: 'members',
    visit: 'class',
    desk: 'front of house',
    today: ['three tools that do not talk to each other', 'a booking page our old web agency built'],
    useCase: 'Waitlists that fill themselves and failed-payment recovery',
    pains: [
      {
        said: 'Classes show as full and then run with four empty mats',
        short: 'Full classes with empty mats',
      },
      {
        said: 'We wrote off almost $6,000 in failed card payments last quarter',
        short: '$6,000 of failed payments a quarter',
      },
      {
        said: 'Trial members vanish after the first week and nobody follows up',
        short: 'Trial members are not followed up',
      },
    ],
    feature: 'door access tied to the membership',
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
    people: 'homeowners',
    visit: 'job',
    desk: 'dispatch',
    today: ['a whiteboard in the garage, photographed every morning', 'a group chat with 22 technicians'],
    useCase: 'Dispatch with arrival texts and invoices from the van',
    pains: [
      { said: 'Technicians drive past each other all day', short: 'Overlapping routes' },
      { said: 'We invoice nine days after the job on average', short: 'Invoices nine days late' },
      { said: 'Customers call four times to ask where the van is', short: 'Calls asking where the van is' },
    ],
    feature: 'parts inventory per van',
  },
  {
    name: 'law',
    business: 'a law office',
    companies: ['Ashgrove Legal', 'Tillman & Reyes', 'Counsel on Main', 'Merriweather Law'],
    people: 'clients',
    visit: 'consultation',
    desk: 'intake',
    today: ['e-mail threads and good intentions', 'a case system that has no calendar worth the name'],
    useCase: 'Paid consultations that are booked, reminded and billed in one flow',
    pains: [
      {
        said: 'One in five first consultations never happens',
        short: 'One in five first consultations lost',
      },
      { said: 'Intake forms come back half empty, the night before', short: 'Half-empty intake forms' },
      {
        said: 'Our paralegals play calendar ping-pong instead of working',
        short: 'Calendar ping-pong by paralegals',
      },
    ],
    feature: 'conflict checks at booking',
  },
  {
    name: 'physiotherapy',
    business: 'a physiotherapy practice',
    companies: ['Stride Physio', 'Backbone Clinics', 'Riverside Rehab', 'Motion House'],
    people: 'patients',
    visit: 'session',
    desk: 'front desk',
    today: ['software from the days of fax machines', 'a calendar app and a prayer'],
    useCase: 'Series of sessions booked at once, with reminders and packages',
    pains: [
      { said: 'People book six sessions and turn up to three', short: 'Half of booked sessions missed' },
      { said: 'Package balances live in one colleague’s head', short: 'Package balances kept by memory' },
      {
        said: 'Evening slots are gone by Tuesday and mornings stay empty',
        short: 'Uneven load over the day',
      },
    ],
    feature: 'exercise plans sent with the reminder',
  },
];
