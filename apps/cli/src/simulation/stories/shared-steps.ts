import { formatDollars } from '../../output/format.ts';
import { PRODUCT } from '../industries.ts';
import type { Prospect } from '../prospect.ts';
import type { Script, Step } from '../script.ts';
import { labeled, sometimes } from '../steps/flow.ts';
import { transfer } from '../steps/handoffs.ts';
import { agent, customer } from '../steps/messages.ts';
import { recordAnswer } from '../steps/sales.ts';
import { CLOSER, QUALIFIER } from '../team.ts';

export function monthlyPrice({ monthlyValueCents }: Prospect): string {
  return formatDollars(monthlyValueCents);
}

const upperFirst = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

/** How the customer writes first. */
export const openWithPainPoint = (): Step => (script) => {
  const { industry, company, firstName, painPoint, locations } = script.prospect;
  script.run([
    labeled(
      'opening',
      customer(
        `Hi, I run into ${PRODUCT} everywhere lately. ${painPoint.statement}. Is that something you actually fix, or is it just another calendar?`,
        `Hello! ${firstName} from ${company} here. ${painPoint.statement} and I am done pretending that is normal. What can you do for ${industry.business}?`,
        `Quick question before I book a demo with anyone: ${lowerFirst(painPoint.statement)}. Does ${PRODUCT} help with that?`,
        `Saw your ad, got curious. We are ${industry.business}, ${locations} ${locations === 1 ? 'location' : 'locations'}. ${painPoint.statement}. Talk to me.`,
        `A colleague at another ${industry.business.replace(/^an? /, '')} swears by you. Our problem: ${lowerFirst(painPoint.statement)}. Same thing at their place, before. So?`,
        `Hello, I am the one at ${company} who gets to hear it when ${lowerFirst(painPoint.statement)}. Before I read forty pages: is this what ${PRODUCT} is for?`,
        `${painPoint.statement}. I counted. Can you do something about that, and what does it cost for ${locations === 1 ? 'one location' : `${locations} locations`}?`,
      ),
    ),
  ]);
};

/** The supervisor answers and gives the conversation to the qualifier. */
export const greet = (): Step => (script) => {
  const { firstName, industry } = script.prospect;
  script.run([
    agent(
      `Hi ${firstName}, thanks for writing! That is a story we hear from ${industry.business} about once a week, so you are in the right place. Two or three questions and I can tell you honestly whether we fit.`,
      `Good to meet you, ${firstName}. Short answer: yes, that is the very thing ${PRODUCT} was built for. May I ask a little about how your ${industry.frontDesk} works today?`,
      `Hello ${firstName}! Thank you for being so direct, I will try to be the same. Let me understand your week first, then you get a straight answer.`,
      `Hi ${firstName}, good that you ask. I could send you a brochure now, but three questions get us further. All right?`,
      `Welcome, ${firstName}. You are describing the reason why ${PRODUCT} exists. Let me find out whether it exists for you, too.`,
    ),
  ]);
  script.run([
    transfer(QUALIFIER, {
      reason: script.random.pick([
        'A new lead with a concrete pain',
        `New from ${script.prospect.company}: ${lowerFirst(script.prospect.painPoint.summary)}`,
        'Knows what hurts, has not said what it may cost',
        'First contact, asks for an answer rather than a demo',
      ]),
      trigger: 'stage_complete',
      confidence: script.random.integer(84, 97) / 100,
      stage: 'qualification',
      brief: {
        goal: `Find out whether ${script.prospect.company} is a fit`,
        done: ['Greeted, pain acknowledged'],
        open: ['Budget', 'Who decides', 'When it has to run'],
        facts: [[script.prospect.painPoint.summary, 'opening']],
        nextStep: script.random.pick([
          'Ask what they use today',
          `Ask how the ${industry.frontDesk} works now`,
          'Ask about the present tool, then about money',
        ]),
      },
    }),
  ]);
};

export const askNeed =
  (confidence = 0.92): Step =>
  (script) => {
    const { industry, painPoint, locations } = script.prospect;
    script.run([
      agent(
        `What do you use today to keep track of every ${industry.appointment}?`,
        `How does a normal Monday look at your ${industry.frontDesk}? And which tool is on the screen while it happens?`,
        `So that I do not sell you something you already have: what runs your bookings right now?`,
        `Let us start with what is there: which tool do you work with, and what do you like about it?`,
        `Walk me through it: somebody asks for ${/^[aeiou]/.test(industry.appointment) ? 'an' : 'a'} ${industry.appointment}. What happens then?`,
        `What have you tried against it so far, and what came of it?`,
      ),
    ]);
    const today = script.random.pick(industry.currentTools);
    script.run([
      labeled(
        'need',
        customer(
          `Honestly? ${upperFirst(today)}. ${painPoint.statement}, and that is with everybody trying hard.`,
          `We have ${today}. It worked ${locations === 1 ? 'while we were half as many. Now we are not' : `when we had one location. Now it is ${locations}`} and ${lowerFirst(painPoint.statement)}.`,
          `Please do not laugh: ${today}. What I need is ${lowerFirst(industry.useCase)}.`,
          `At the moment ${today}, plus my ${industry.frontDesk}, who is a hero. I would like: ${lowerFirst(industry.useCase)}. In that order.`,
          `${upperFirst(today)}. We tried to fix it with more discipline, which went as you would expect. ${painPoint.statement}.`,
        ),
      ),
      recordAnswer('need', {
        verdict: true,
        confidence,
        painPoints: [painPoint.summary],
        useCase: industry.useCase,
      }),
    ]);
  };

export const askBudget =
  (confidence = 0.88): Step =>
  (script) => {
    const { budgetDollars, industry } = script.prospect;
    const amount = formatDollars(budgetDollars * 100);
    script.run([
      agent(
        `Understood. To save us both time: is there a number per month that would make this an easy decision?`,
        `We price per location, so I can be quite exact. What have you set aside for this, roughly?`,
        `What does the problem cost you in a month, and what would you be happy to pay to have it gone?`,
        `Now the rude question: what may it cost?`,
        `Is there a budget for it already, or would we have to make a case for one?`,
        `Ballpark is fine: which monthly price would make you say yes, and which would make you laugh?`,
      ),
    ]);
    const quote = `around ${amount} a month`;
    script.run([
      labeled(
        'budget',
        customer(
          `We can do ${quote} if it really takes the load off my ${industry.frontDesk}.`,
          `I have ${quote} approved. More than that and I need a very good story.`,
          `Well, the mess costs us twice that, so ${quote} would be fine.`,
          `I put ${quote} into this year's plan, under "nerves".`,
          `If it does what you say, ${quote}. If not, nothing, I suppose?`,
          `We pay ${quote} for the old one all in all, and I would not go above that.`,
        ),
      ),
      recordAnswer(
        'budget',
        { verdict: true, confidence, value: `${amount} a month`, minimumCents: budgetDollars * 100 },
        { quote },
      ),
    ]);
  };

export const askAuthority =
  (confidence = 0.9): Step =>
  (script) => {
    const { persona, company } = script.prospect;
    script.run([
      agent(
        `And who besides you has a say in this at ${company}?`,
        `Makes sense. If you like what you see, is the decision yours, or does somebody else sign?`,
        `Who would be annoyed if you bought this without asking them first?`,
        `And who signs at ${company}, if it comes to that?`,
        `Is that your call, or do I help you convince somebody?`,
      ),
    ]);
    const quote = persona.decidesAlone ? 'I decide this myself' : `${persona.approver} signs in the end`;
    const answer = persona.decidesAlone
      ? customer(
          `${quote}. That is the one advantage of the job.`,
          `Nobody, ${quote}. I will ask my team whether they can live with it, though.`,
          `${quote}, I just have to explain it to ${persona.approver} afterwards.`,
          `That one is easy: ${quote}.`,
          `${quote}, usually late in the evening.`,
        )
      : customer(
          `I pick the tool, ${quote}. But when I say we need it, that is usually it.`,
          `I run the selection and ${quote}. Bring me something I can put on one page.`,
          `Good one. In our house ${quote}, and reads every line of a contract, so no tricks please.`,
          `I write the recommendation, ${quote}. It has gone well so far.`,
          `Not alone: ${quote}, and will ask what the others pay.`,
        );
    script.run([
      labeled('authority', answer),
      recordAnswer(
        'authority',
        { verdict: true, confidence, role: persona.role, needsApproval: !persona.decidesAlone },
        { quote },
      ),
    ]);
  };

/** The fourth answer: the sale is qualified by it. */
export const askTimeline =
  (confidence = 0.86): Step =>
  (script) => {
    const [timeframe, urgency, deadlineInDays] = script.random.pick([
      ['before the end of the month', 'high', 21],
      ['within six weeks', 'medium', 42],
      ['by the start of next quarter', 'medium', 60],
      ['as soon as humanly possible', 'high', 14],
    ]);
    script.run([
      agent(
        `Last one from me: when would it have to be up and running?`,
        `Almost done. Is there a date behind this, or is it "whenever it is good"?`,
        `When do you want the first ${script.prospect.industry.appointment} to be booked through it?`,
        `What happens if you still have the old way in half a year? In other words: how urgent is it?`,
        `And the timing? We usually need about eight working days from signature to the first live ${script.prospect.industry.appointment}.`,
      ),
      labeled(
        'timeline',
        customer(
          `It has to run ${timeframe}. Our busy season does not wait.`,
          `Ideally ${timeframe}, because that is when the old contract ends.`,
          `I promised the team ${timeframe}. I would like to keep that promise for once.`,
          `We want it ${timeframe}, otherwise we muddle through another season.`,
          `Let us say ${timeframe}. I would have said yesterday, but I know how migrations go.`,
        ),
      ),
      recordAnswer(
        'timeline',
        { verdict: true, confidence, timeframe, urgency },
        {
          quote: timeframe,
          advance: true,
          deadlineInDays,
        },
      ),
    ]);
  };

/** The qualifier gives a qualified sale to the closer. */
export const transferToCloser = (): Step => (script) => {
  const { company, persona, budgetDollars } = script.prospect;
  script.run([
    agent(
      `That is everything I need, and I think we can help. I am handing you to our closing team with my notes, so you will not have to repeat yourself.`,
      `Clear and complete, thank you. My colleague takes over from here and already knows all of this.`,
      `Thank you, ${script.prospect.firstName}, I have what I need. The next message comes from our closer, with a number in it.`,
    ),
    transfer(CLOSER, {
      reason: 'Qualified: budget, authority, need and timeline are met',
      trigger: 'stage_complete',
      confidence: 0.91,
      stage: 'closing',
      brief: {
        goal: `Agree on a plan with ${company}`,
        done: ['All four questions answered', 'No open objection'],
        open: ['Exact number of seats', 'Contract length'],
        facts: [
          ['Pain in their own words', 'need'],
          [`Budget of ${formatDollars(budgetDollars * 100)} a month`, 'budget'],
          [persona.decidesAlone ? 'Decides alone' : `Approval by ${persona.approver}`, 'authority'],
          ['Timing', 'timeline'],
        ],
        nextStep: 'Send the one-page offer',
      },
    }),
  ]);
};

export const presentOffer = (): Step => (script) => {
  const { locations, firstName } = script.prospect;
  const places = locations === 1 ? 'your location' : `all ${locations} locations`;
  script.run([
    agent(
      `Hi ${firstName}, I have read everything above. For ${places} it comes to ${monthlyPrice(script.prospect)} a month, reminders and online booking included, no fee per message. Shall I send the page?`,
      `Hello ${firstName}! Here is the offer without the poetry: ${places}, ${monthlyPrice(script.prospect)} a month, cancel yearly, moving your data is on us.`,
      `${firstName}, based on what you told my colleague: ${monthlyPrice(script.prospect)} a month for ${places}. That is one saved ${script.prospect.industry.appointment} a day, by your own numbers.`,
    ),
  ]);
};

export const acceptOffer = (): Step => (script) => {
  script.run([
    customer(
      `That is inside what I had in mind. Send it over, I will sign today.`,
      `OK, I like that there is nothing hidden in it. Let's do it.`,
      `You had me at "moving your data is on us". Where do I sign?`,
      `Fine by me. Card is easiest for us. What happens next?`,
      `I was ready to haggle, and now I have no reason to. OK, yes.`,
      `Agreed. Please send it to me and not to the general address, it would take a week.`,
    ),
  ]);
};

export const thankForDeal = (): Step => (script) => {
  const { firstName } = script.prospect;
  script.run([
    agent(
      `Wonderful, ${firstName}. The agreement is in your inbox, and your onboarding call is this week. Welcome to ${PRODUCT}!`,
      `Signed and countersigned. Thank you, ${firstName}! You will meet your onboarding specialist tomorrow, and the data import starts tonight.`,
    ),
  ]);
};

/** All four questions, budget and authority in either order. */
export const qualify = (): Step => (script) =>
  script.run([
    askNeed(),
    sometimes(0.5, [askBudget(), askAuthority()], [askAuthority(), askBudget()]),
    askTimeline(),
  ]);

/** The terms of a deal without negotiation. */
export function standardTerms({ prospect, random }: Script) {
  return {
    monthlyValueCents: prospect.monthlyValueCents,
    setupFeeCents: prospect.setupFeeCents,
    contractMonths: random.pick([12, 24]),
    paymentMethod: random.pick(['credit_card', 'ach']),
  };
}
