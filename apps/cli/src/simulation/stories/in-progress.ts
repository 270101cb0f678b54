import { formatDollars } from '../../output/format.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.ts';
import { PRODUCT } from '../industries.ts';
import { labeled, sometimes, wait } from '../steps/flow.ts';
import { failFollowUp, scheduleFollowUp } from '../steps/follow-ups.ts';
import { requestHandoff } from '../steps/handoffs.ts';
import { agent, customer, note } from '../steps/messages.ts';
import { recordAnswer } from '../steps/sales.ts';
import { DANA, QUALIFIER, SALES_DESK, SUPERVISOR } from '../team.ts';
import {
  askNeed,
  greet,
  openWithPainPoint,
  presentOffer,
  qualify,
  transferToCloser,
} from './shared-steps.ts';
import { JUST_NOW, type Story } from './story.ts';

export const freshLead: Story = {
  name: 'a fresh lead, waiting',
  endedAgo: [MINUTE_MS, 25 * MINUTE_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    sometimes(0.5, [
      customer(
        `Also, do you have an app for ${prospect.industry.clients}, or is it all texts?`,
        `Anyone there? I have about ten minutes before the next ${prospect.industry.appointment}.`,
        `Oh, and does it work in two languages? About a third of our ${prospect.industry.clients} write to us in Spanish.`,
        `Ballpark for ${prospect.locations === 1 ? 'one location' : `${prospect.locations} locations`} would already help me.`,
        `PS: please no sales call, writing is fine.`,
      ),
    ]),
  ],
};

const BUDGET_GUESS = 'somewhere in the low hundreds';

export const partlyQualified: Story = {
  name: 'half way through the questions',
  endedAgo: [3 * MINUTE_MS, 5 * HOUR_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(),
    agent(
      `How much is the budget, roughly? A range is fine.`,
      `And money: what would be a comfortable number a month?`,
    ),
    customer(
      `I would have to guess. My feeling says ${BUDGET_GUESS}, but I have not asked anybody.`,
      `No idea what such a thing costs. If I had to say: ${BUDGET_GUESS}?`,
    ),
    recordAnswer(
      'budget',
      { verdict: true, confidence: 0.45, certainty: 'hypothesis', value: BUDGET_GUESS },
      {
        quote: BUDGET_GUESS,
      },
    ),
    agent(
      `That is a fine starting point. For ${prospect.locations === 1 ? 'one location' : `${prospect.locations} locations`} it will not be far off. Who else would be part of the decision?`,
      `Good enough for now. Is it you who decides, or is there somebody I should prepare a page for?`,
    ),
    customer(
      `Mostly me. But let me ask you something first: how long does the switch take, really? The last one was three months of pain.`,
      `I will get to that. Do we keep our phone numbers? That is a deal breaker for us.`,
      `Depends. Can I see it with our own data before I talk to ${prospect.persona.approver}?`,
      `Me and ${prospect.persona.approver}. Is there a page that explains it without the word "synergy"?`,
      `I decide. But the ${prospect.industry.frontDesk} has to like it, or it ends up in a drawer. Can they try it for a week?`,
    ),
  ],
};

export const qualified: Story = {
  name: 'qualified, with one more question',
  endedAgo: JUST_NOW,
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    qualify(),
    agent(
      `Thank you, that was everything. I would say we fit. Would you rather see it live for ten minutes first, or go straight to an offer?`,
      `Great, all four boxes are ticked. What would help you most now: a short demo with your own ${prospect.industry.clients}, or the price on a page?`,
    ),
    customer(
      `Demo first. But please with our mess and not with your pretty sample data.`,
      `The page. If I like it, the demo is for my team.`,
      `Before either: what happens to the bookings we already have for next month?`,
      `Show me. I am free after three, my ${prospect.industry.frontDesk} is not, which is rather the point.`,
    ),
    note(
      `Fits well: ${prospect.painPoint.summary.toLowerCase()}. I would send the demo link and copy Dana.`,
      SUPERVISOR,
    ),
  ],
};

export const waitingForSalesDesk: Story = {
  name: 'waiting for the sales desk',
  endedAgo: [2 * MINUTE_MS, 40 * MINUTE_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(),
    labeled(
      'request',
      customer(
        `Can I talk to a person about a contract for all our sites? It is a bit special because two of them are franchises.`,
        `We need a custom agreement, our group has its own terms. Is there somebody who does that?`,
      ),
    ),
    agent(
      `Certainly. I have asked our sales desk, and I stay with you until somebody picks it up.`,
      `Yes, that is one for our people. I have passed on everything you said, it should not take long.`,
    ),
    requestHandoff(SALES_DESK, {
      reason: 'Wants a custom contract for several sites',
      trigger: 'user_intent',
      confidence: 0.88,
      expires: { fromNowMs: [3 * HOUR_MS, 20 * HOUR_MS] },
      brief: {
        goal: 'A contract for the whole group',
        done: ['Need is clear'],
        open: ['Franchise sites', 'Own terms'],
        facts: [
          [prospect.painPoint.summary, 'need'],
          ['Asks for special terms', 'request'],
        ],
        nextStep: 'Ask who signs for the franchises',
      },
    }),
    customer(
      `OK, thanks. I am here until five.`,
      `Great, I will keep the window open.`,
      `Perfect. It is ${prospect.locations + 2} sites in the end, in case that matters to your colleague.`,
      `Thanks. If it takes longer, a call back this afternoon is fine too.`,
    ),
  ],
};

export const waitingForDana: Story = {
  name: 'waiting for one person',
  endedAgo: [5 * MINUTE_MS, 90 * MINUTE_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    qualify(),
    transferToCloser(),
    presentOffer(),
    labeled(
      'request',
      customer(
        `I talked to a Dana of yours at the trade fair and she promised me a look at the rollout. Could she finish this with me?`,
        `The offer is fine. But I do this with Dana Whitfield or not at all, she helped my sister's company.`,
      ),
    ),
    agent(
      `Of course. I am asking Dana now, with everything we have agreed.`,
      `She will like to hear that. I have passed it on to her.`,
    ),
    requestHandoff(DANA, {
      reason: 'Asks for Dana by name',
      trigger: 'user_intent',
      confidence: 0.95,
      expires: { fromNowMs: [2 * HOUR_MS, 6 * HOUR_MS, 20 * HOUR_MS] },
      brief: {
        goal: `Sign with ${prospect.company}`,
        done: ['Qualified', 'Offer is out and fits'],
        open: ['Rollout, site by site'],
        facts: [
          [`Budget of ${formatDollars(prospect.budgetDollars * 100)} a month`, 'budget'],
          ['Wants Dana', 'request'],
        ],
        nextStep: 'Send two dates for a call',
      },
    }),
    customer(
      `Great, tell her it is about the ${prospect.industry.frontDesk}, she will know.`,
      `Thanks. I am at my desk until six.`,
      `Perfect. No hurry, today would be nice though.`,
    ),
  ],
};

export const bouncingAddress: Story = {
  name: 'an address that bounces',
  endedAgo: [HOUR_MS, 3 * DAY_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(0.65),
    customer(
      `Send me the details by mail, I read it tonight.`,
      `Can you mail me a summary? I am between two meetings.`,
    ),
    agent(`With pleasure, it is on its way.`, `Done, look for the subject "${PRODUCT} in one page".`),
    scheduleFollowUp(
      { afterMs: 2 * HOUR_MS },
      { type: 'close_attempt', context: 'Did they read the summary?', maxAttempts: 2 },
    ),
    wait(7 * HOUR_MS),
    failFollowUp('The mailbox is full'),
    wait(7 * HOUR_MS),
    failFollowUp('The address does not exist'),
    note('Mail bounces twice. Trying the channel they wrote on instead.', QUALIFIER),
    agent(
      `Hi ${prospect.firstName}, my mail came back. Shall I paste the summary here?`,
      `Hello ${prospect.firstName}, it seems your mailbox and I are not friends. Is there another address?`,
    ),
  ],
};
