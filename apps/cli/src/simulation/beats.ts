import { formatDollars } from '../output/format.ts';
import { CLOSER, QUALIFIER } from './team.ts';
import { HOUR_MS, type Said, type Script } from './script.ts';
import { PRODUCT } from './verticals.ts';

/** Moments that many stories share, each told in several ways. */

export function monthly({ cast }: Script): string {
  return formatDollars(cast.monthlyValueCents);
}

const upper = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
const lower = (words: string): string => `${words.charAt(0).toLowerCase()}${words.slice(1)}`;

/** How the customer writes first. */
export function opensWithPain(s: Script): Said {
  const { vertical, company, first, pain, sites } = s.cast;
  return s.customer(
    `Hi, I run into ${PRODUCT} everywhere lately. ${pain.said}. Is that something you actually fix, or is it just another calendar?`,
    `Hello! ${first} from ${company} here. ${pain.said} and I am done pretending that is normal. What can you do for ${vertical.business}?`,
    `Quick question before I book a demo with anyone: ${lower(pain.said)}. Does ${PRODUCT} help with that?`,
    `Saw your ad, got curious. We are ${vertical.business}, ${sites} ${sites === 1 ? 'location' : 'locations'}. ${pain.said}. Talk to me.`,
    `A colleague at another ${vertical.business.replace(/^an? /, '')} swears by you. Our problem: ${lower(pain.said)}. Same thing at their place, before. So?`,
    `Hello, I am the one at ${company} who gets to hear it when ${lower(pain.said)}. Before I read forty pages: is this what ${PRODUCT} is for?`,
    `${pain.said}. I counted. Can you do something about that, and what does it cost for ${sites === 1 ? 'one location' : `${sites} locations`}?`,
  );
}

/** The supervisor answers and gives the conversation to the qualifier. */
export function greets(s: Script, opening: Said): void {
  const { first, vertical } = s.cast;
  s.agent(
    `Hi ${first}, thanks for writing! That is a story we hear from ${vertical.business} about once a week, so you are in the right place. Two or three questions and I can tell you honestly whether we fit.`,
    `Good to meet you, ${first}. Short answer: yes, that is the very thing ${PRODUCT} was built for. May I ask a little about how your ${vertical.desk} works today?`,
    `Hello ${first}! Thank you for being so direct, I will try to be the same. Let me understand your week first, then you get a straight answer.`,
    `Hi ${first}, good that you ask. I could send you a brochure now, but three questions get us further. All right?`,
    `Welcome, ${first}. You are describing the reason why ${PRODUCT} exists. Let me find out whether it exists for you, too.`,
  );
  s.transfer(QUALIFIER, {
    reason: s.chance.pick([
      'A new lead with a concrete pain',
      `New from ${s.cast.company}: ${lower(s.cast.pain.short)}`,
      'Knows what hurts, has not said what it may cost',
      'First contact, asks for an answer rather than a demo',
    ]),
    trigger: 'stage_complete',
    confidence: s.chance.between(84, 97) / 100,
    stage: 'qualification',
    brief: {
      goal: `Find out whether ${s.cast.company} is a fit`,
      done: ['Greeted, pain acknowledged'],
      open: ['Budget', 'Who decides', 'When it has to run'],
      facts: [[s.cast.pain.short, opening]],
      nextStep: s.chance.pick([
        'Ask what they use today',
        `Ask how the ${vertical.desk} works now`,
        'Ask about the present tool, then about money',
      ]),
    },
  });
}

export function asksNeed(s: Script, confidence = 0.92): Said {
  const { vertical, pain, sites } = s.cast;
  s.agent(
    `What do you use today to keep track of every ${vertical.visit}?`,
    `How does a normal Monday look at your ${vertical.desk}? And which tool is on the screen while it happens?`,
    `So that I do not sell you something you already have: what runs your bookings right now?`,
    `Let us start with what is there: which tool do you work with, and what do you like about it?`,
    `Walk me through it: somebody asks for ${/^[aeiou]/.test(vertical.visit) ? 'an' : 'a'} ${vertical.visit}. What happens then?`,
    `What have you tried against it so far, and what came of it?`,
  );
  const today = s.chance.pick(vertical.today);
  const said = s.customer(
    `Honestly? ${upper(today)}. ${pain.said}, and that is with everybody trying hard.`,
    `We have ${today}. It worked ${sites === 1 ? 'while we were half as many. Now we are not' : `when we had one location. Now it is ${sites}`} and ${lower(pain.said)}.`,
    `Please do not laugh: ${today}. What I need is ${lower(vertical.useCase)}.`,
    `At the moment ${today}, plus my ${vertical.desk}, who is a hero. I would like: ${lower(vertical.useCase)}. In that order.`,
    `${upper(today)}. We tried to fix it with more discipline, which went as you would expect. ${pain.said}.`,
  );
  s.answer('need', { verdict: true, confidence, painPoints: [pain.short], useCase: vertical.useCase }, said);
  return said;
}

export function asksBudget(s: Script, confidence = 0.88): Said {
  const { budgetDollars, vertical } = s.cast;
  const amount = formatDollars(budgetDollars * 100);
  s.agent(
    `Understood. To save us both time: is there a number per month that would make this an easy decision?`,
    `We price per location, so I can be quite exact. What have you set aside for this, roughly?`,
    `What does the problem cost you in a month, and what would you be happy to pay to have it gone?`,
    `Now the rude question: what may it cost?`,
    `Is there a budget for it already, or would we have to make a case for one?`,
    `Ballpark is fine: which monthly price would make you say yes, and which would make you laugh?`,
  );
  const quote = `around ${amount} a month`;
  const said = s.customer(
    `We can do ${quote} if it really takes the load off my ${vertical.desk}.`,
    `I have ${quote} approved. More than that and I need a very good story.`,
    `Well, the mess costs us twice that, so ${quote} would be fine.`,
    `I put ${quote} into this year's plan, under "nerves".`,
    `If it does what you say, ${quote}. If not, nothing, I suppose?`,
    `We pay ${quote} for the old one all in all, and I would not go above that.`,
  );
  s.answer(
    'budget',
    { verdict: true, confidence, value: `${amount} a month`, minimumCents: budgetDollars * 100 },
    said,
    { quote },
  );
  return said;
}

export function asksAuthority(s: Script, confidence = 0.9): Said {
  const { persona, company } = s.cast;
  s.agent(
    `And who besides you has a say in this at ${company}?`,
    `Makes sense. If you like what you see, is the decision yours, or does somebody else sign?`,
    `Who would be annoyed if you bought this without asking them first?`,
    `And who signs at ${company}, if it comes to that?`,
    `Is that your call, or do I help you convince somebody?`,
  );
  const quote = persona.decidesAlone ? 'I decide this myself' : `${persona.boss} signs in the end`;
  const said = persona.decidesAlone
    ? s.customer(
        `${quote}. That is the one advantage of the job.`,
        `Nobody, ${quote}. I will ask my team whether they can live with it, though.`,
        `${quote}, I just have to explain it to ${persona.boss} afterwards.`,
        `That one is easy: ${quote}.`,
        `${quote}, usually late in the evening.`,
      )
    : s.customer(
        `I pick the tool, ${quote}. But when I say we need it, that is usually it.`,
        `I run the selection and ${quote}. Bring me something I can put on one page.`,
        `Good one. In our house ${quote}, and reads every line of a contract, so no tricks please.`,
        `I write the recommendation, ${quote}. It has gone well so far.`,
        `Not alone: ${quote}, and will ask what the others pay.`,
      );
  s.answer(
    'authority',
    { verdict: true, confidence, role: persona.role, needsApproval: !persona.decidesAlone },
    said,
    { quote },
  );
  return said;
}

/** The fourth answer: the sale is qualified by it. */
export function asksTimeline(s: Script, confidence = 0.86): Said {
  const [timeframe, urgency, deadlineInDays] = s.chance.pick([
    ['before the end of the month', 'high', 21],
    ['within six weeks', 'medium', 42],
    ['by the start of next quarter', 'medium', 60],
    ['as soon as humanly possible', 'high', 14],
  ]);
  s.agent(
    `Last one from me: when would it have to be up and running?`,
    `Almost done. Is there a date behind this, or is it "whenever it is good"?`,
    `When do you want the first ${s.cast.vertical.visit} to be booked through it?`,
    `What happens if you still have the old way in half a year? In other words: how urgent is it?`,
    `And the timing? We usually need about eight working days from signature to the first live ${s.cast.vertical.visit}.`,
  );
  const said = s.customer(
    `It has to run ${timeframe}. Our busy season does not wait.`,
    `Ideally ${timeframe}, because that is when the old contract ends.`,
    `I promised the team ${timeframe}. I would like to keep that promise for once.`,
    `We want it ${timeframe}, otherwise we muddle through another season.`,
    `Let us say ${timeframe}. I would have said yesterday, but I know how migrations go.`,
  );
  s.answer('timeline', { verdict: true, confidence, timeframe, urgency }, said, {
    quote: timeframe,
    advance: true,
    deadlineInDays,
  });
  return said;
}

export type Answers = { need: Said; budget: Said; authority: Said; timeline: Said };

/** All four questions, in an order of the moment. */
export function qualifies(s: Script): Answers {
  const need = asksNeed(s);
  if (s.chance.happens(0.5)) {
    const budget = asksBudget(s);
    const authority = asksAuthority(s);
    return { need, budget, authority, timeline: asksTimeline(s) };
  }
  const authority = asksAuthority(s);
  const budget = asksBudget(s);
  return { need, budget, authority, timeline: asksTimeline(s) };
}

/** The qualifier gives a qualified sale to the closer. */
export function goesToCloser(s: Script, { need, budget, authority, timeline }: Answers): void {
  const { company, persona, budgetDollars } = s.cast;
  s.agent(
    `That is everything I need, and I think we can help. I am handing you to our closing team with my notes, so you will not have to repeat yourself.`,
    `Clear and complete, thank you. My colleague takes over from here and already knows all of this.`,
    `Thank you, ${s.cast.first}, I have what I need. The next message comes from our closer, with a number in it.`,
  );
  s.transfer(CLOSER, {
    reason: 'Qualified: budget, authority, need and timeline are met',
    trigger: 'stage_complete',
    confidence: 0.91,
    stage: 'closing',
    brief: {
      goal: `Agree on a plan with ${company}`,
      done: ['All four questions answered', 'No open objection'],
      open: ['Exact number of seats', 'Contract length'],
      facts: [
        ['Pain in their own words', need],
        [`Budget of ${formatDollars(budgetDollars * 100)} a month`, budget],
        [persona.decidesAlone ? 'Decides alone' : `Approval by ${persona.boss}`, authority],
        ['Timing', timeline],
      ],
      nextStep: 'Send the one-page offer',
    },
  });
}

export function offers(s: Script): Said {
  const { sites, first } = s.cast;
  const places = sites === 1 ? 'your location' : `all ${sites} locations`;
  return s.agent(
    `Hi ${first}, I have read everything above. For ${places} it comes to ${monthly(s)} a month, reminders and online booking included, no fee per message. Shall I send the page?`,
    `Hello ${first}! Here is the offer without the poetry: ${places}, ${monthly(s)} a month, cancel yearly, moving your data is on us.`,
    `${first}, based on what you told my colleague: ${monthly(s)} a month for ${places}. That is one saved ${s.cast.vertical.visit} a day, by your own numbers.`,
  );
}

export function acceptsOffer(s: Script): Said {
  return s.customer(
    `That is inside what I had in mind. Send it over, I will sign today.`,
    `OK, I like that there is nothing hidden in it. Let's do it.`,
    `You had me at "moving your data is on us". Where do I sign?`,
    `Fine by me. Card is easiest for us. What happens next?`,
    `I was ready to haggle, and now I have no reason to. OK, yes.`,
    `Agreed. Please send it to me and not to the general address, it would take a week.`,
  );
}

export function thanksForDeal(s: Script): void {
  const { first } = s.cast;
  s.agent(
    `Wonderful, ${first}. The agreement is in your inbox, and your onboarding call is this week. Welcome to ${PRODUCT}!`,
    `Signed and countersigned. Thank you, ${first}! You will meet your onboarding specialist tomorrow, and the data import starts tonight.`,
  );
}

export function pausesForDays(s: Script, from: number, to: number): void {
  s.wait(s.chance.between(from * 24, to * 24) * HOUR_MS);
}
