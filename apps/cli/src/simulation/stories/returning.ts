import { DAY_MS, HOUR_MS } from '../durations.ts';
import { addDetails, pause, resume } from '../steps/conversation.ts';
import { labeled, relabel, sometimes, waitDays } from '../steps/flow.ts';
import { scheduleFollowUp } from '../steps/follow-ups.ts';
import { transfer } from '../steps/handoffs.ts';
import { agent, customer, note } from '../steps/messages.ts';
import { deferObjection, moveStage, raiseObjection } from '../steps/sales.ts';
import { SUPERVISOR } from '../team.ts';
import {
  askAuthority,
  askBudget,
  askNeed,
  askTimeline,
  greet,
  openWithPainPoint,
  presentOffer,
  transferToCloser,
} from './shared-steps.ts';
import { type Story, TODAY } from './story.ts';

export const notNow: Story = {
  name: 'not now',
  endedAgo: [DAY_MS, 3 * DAY_MS],
  steps: () => [
    openWithPainPoint(),
    greet(),
    askNeed(),
    askAuthority(),
    agent(
      `When would you like to have this running?`,
      `Shall we put a date on it, so that it does not slip?`,
    ),
    customer(
      `That is the thing. We are moving offices in the next weeks and nobody here can look at a new tool until the boxes are unpacked.`,
      `Not this month. Two people are on leave and I am answering the phone myself. Literally right now.`,
    ),
    raiseObjection('timing', 'medium'),
    moveStage('objection_handling', 'The moment is wrong'),
    deferObjection('They cannot look at it before the move is over', {
      fromNowMs: [-3 * HOUR_MS, 2 * HOUR_MS, 5 * HOUR_MS],
    }),
    agent(
      `Completely understandable. I will not bother you until then, and you will not get a single newsletter from me. Promise.`,
      `Then let us not force it. I put a note in the calendar and write to you when the dust has settled.`,
    ),
    customer('Perfect, thank you for not pushing.', 'You are a saint. Talk then.'),
    agent('My pleasure. Good luck with it all!', 'Any time. Hang in there!'),
    pause('Waits until the customer has time'),
  ],
};

export const contractBound: Story = {
  name: 'the long game',
  endedAgo: [DAY_MS, 6 * DAY_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(0.75),
    customer(
      `To be clear, we are locked into our contract until spring. I am only looking around.`,
      `I am collecting information for next year's budget round, nothing more at this point.`,
    ),
    agent(
      `That is the best time to look. I send you our comparison sheet now and one message before your notice period ends, deal?`,
      `Very sensible. Then let us agree on one date and otherwise I leave you alone.`,
    ),
    customer(`Deal.`, `Sounds civilised. Agreed.`, `Fine. One message, not a hundred.`),
    agent(
      `Noted, one message and no more. Until then, all the best for ${prospect.company}!`,
      `Agreed. The sheet is in your inbox, and the date is in my calendar.`,
    ),
    moveStage('follow_up', 'Bound by a contract until spring'),
    transfer(SUPERVISOR, { reason: 'Nothing to do before the date', trigger: 'timeout', confidence: 0.7 }),
    scheduleFollowUp(
      { localTime: '10:00', betweenDays: [12, 45] },
      { type: 'nurture', priority: 'low', context: 'Before the notice period ends', maxAttempts: 5 },
    ),
    pause('Until the agreed date'),
    addDetails(['nurture']),
  ],
};

export const onHold: Story = {
  name: 'on hold',
  endedAgo: [4 * HOUR_MS, 5 * DAY_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(0.9),
    askBudget(),
    askAuthority(),
    customer(
      `Please stop for a moment: we are being bought, and nobody here may sign anything until that is done.`,
      `We have a cease-and-desist on new suppliers while the auditors are in the house. I will write as soon as they are gone.`,
      `Bad news, not about you: our IT is moving everything, and until then there is a freeze on new tools.`,
    ),
    agent(
      `Understood, I put us on hold. Nothing gets lost: when you write, we go on with the timing.`,
      `No problem at all. I keep everything as it is, and you pick the moment.`,
    ),
    note('On hold at their request, no date. They write first, so no follow-up.'),
    addDetails(['on-hold', prospect.industry.name]),
    pause('A freeze at the customer, no date yet'),
  ],
};

export const cameBack: Story = {
  name: 'came back after a while',
  endedAgo: TODAY,
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(),
    customer(`Let me think about it, this week is crazy.`, `Interesting. I need to sleep on it though.`),
    agent(
      `Take your time. May I ask again in a few days?`,
      `Of course. I will leave you in peace and knock once, later.`,
    ),
    moveStage('follow_up', 'Wants to think about it'),
    scheduleFollowUp(
      { localTime: '09:30', inDays: 4 },
      { type: 're_engagement', context: 'Said they want to sleep on it', cancelOn: ['customer_reply'] },
    ),
    pause('The customer thinks about it'),
    waitDays(3, 8),
    resume('The customer has written'),
    labeled(
      'return',
      customer(
        `OK, I am back. Yesterday was the worst ${prospect.industry.appointment} chaos yet and I thought of you. Where were we?`,
        `Hi again! Slept on it, for a while. ${prospect.painPoint.statement}, still. Let us do this.`,
      ),
    ),
    agent(
      `Welcome back, ${prospect.firstName}! We were at the money. Everything else I still have, so this will be quick.`,
      `How good to hear from you. I kept my notes, so no need to start over.`,
    ),
    moveStage('qualification', 'The customer came back by themselves'),
    addDetails(['re-engaged']),
    askBudget(),
    askAuthority(),
    askTimeline(),
    sometimes(0.5, [], [relabel('need', 'return')]),
    transferToCloser(),
    presentOffer(),
    scheduleFollowUp(
      { fromNowMs: [6 * HOUR_MS, DAY_MS] },
      {
        type: 'close_attempt',
        priority: 'high',
        context: 'The offer is out, ask for a decision',
        cancelOn: ['customer_reply', 'stage_change', 'close'],
      },
    ),
  ],
};
