import { DAY_MS, HOUR_MS } from '../durations.ts';
import { COMPETITOR } from '../industries.ts';
import { abandon, addDetails } from '../steps/conversation.ts';
import { wait } from '../steps/flow.ts';
import { cancelFollowUp, completeFollowUp, scheduleFollowUp, snoozeFollowUp } from '../steps/follow-ups.ts';
import { transfer } from '../steps/handoffs.ts';
import { agent, callTool, customer, note } from '../steps/messages.ts';
import { closeLost, moveStage, raiseObjection, recordAnswer } from '../steps/sales.ts';
import { OBJECTION_HANDLER, PRIYA } from '../team.ts';
import { askAuthority, askBudget, askNeed, askTimeline, greet, openWithPainPoint } from './shared-steps.ts';
import { LONG_AGO, type Story } from './story.ts';

export const lostToCompetitor: Story = {
  name: 'lost to a competitor',
  endedAgo: LONG_AGO,
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(),
    askBudget(),
    customer(
      `I should say that ${COMPETITOR} offered us the first six months for free. Hard to argue with free.`,
      `To be open with you: we are in a trial with ${COMPETITOR} and my team likes it.`,
    ),
    raiseObjection('competitor', 'high'),
    moveStage('objection_handling', 'Compares us with a competitor'),
    transfer(OBJECTION_HANDLER, {
      reason: `Compares us with ${COMPETITOR}`,
      trigger: 'objection',
      confidence: 0.77,
    }),
    agent(
      `They make a decent calendar. Ask them two things before you decide: what a text message costs from month seven, and who moves your data.`,
      `No bad words about them. What is it that your team likes best? Then I can tell you whether we do it better or not.`,
    ),
    wait(2 * HOUR_MS),
    customer(
      `Asked them. It is not ideal, but it is already set up and nobody wants to start over. We stay there.`,
      `It is the app. The front desk is in love with the app. Sorry, you were great, but I am not fighting that battle.`,
    ),
    agent(
      `Thank you for telling me, most people just go silent. If month seven hurts, you know where to find us.`,
      `I appreciate the honesty. May I check in when your trial turns into a bill?`,
    ),
    note(`${COMPETITOR} again. Third one this month in ${prospect.industry.name}.`, PRIYA),
    addDetails(['lost-competitor', prospect.industry.name], { competitor: COMPETITOR }),
    closeLost(`Went with ${COMPETITOR}`),
  ],
};

export const missingFeature: Story = {
  name: 'a missing feature',
  endedAgo: LONG_AGO,
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(),
    askBudget(),
    askAuthority(),
    askTimeline(),
    customer(
      `Can it do ${prospect.industry.specialFeature}? Without that my team will revolt.`,
      `Sounds good so far. Now the one that everybody fails at: ${prospect.industry.specialFeature}?`,
    ),
    raiseObjection('feature', 'high'),
    transfer(OBJECTION_HANDLER, {
      reason: `Asks for ${prospect.industry.specialFeature}`,
      trigger: 'objection',
      stage: 'objection_handling',
    }),
    callTool(
      'search_roadmap',
      { query: prospect.industry.specialFeature },
      { found: true, status: 'planned', quarter: 'after next' },
    ),
    agent(
      `I looked it up rather than guess: it is on the roadmap, two quarters out. Today you would need a workaround, and I do not want to sell you a workaround as a feature.`,
      `Not today. It is planned, but not for this half of the year. Would an export to the tool you use for it now be enough?`,
    ),
    wait(5 * HOUR_MS),
    customer(
      `Thank you for not lying to me. But then it is a no for this year.`,
      `That is a pity, the rest is right. We cannot go without it.`,
    ),
    agent(
      `Understood. I will write to you on the day it ships, and not before.`,
      `I have put your name on the request, that counts more than you may think. Thank you, ${prospect.firstName}.`,
    ),
    addDetails(['feature-request'], { wantedFeature: prospect.industry.specialFeature }),
    scheduleFollowUp(
      { afterMs: 60 * DAY_MS },
      {
        type: 'nurture',
        priority: 'low',
        context: `Tell them when ${prospect.industry.specialFeature} ships`,
      },
    ),
    closeLost(`Needs ${prospect.industry.specialFeature}`),
  ],
};

const NO_BUDGET_QUOTE = 'there is no money for tools this year';

export const noBudget: Story = {
  name: 'no budget',
  endedAgo: LONG_AGO,
  steps: () => [
    openWithPainPoint(),
    greet(),
    askNeed(),
    agent(`What may it cost a month, in the best case?`, `And what is the budget for a solution?`),
    customer(
      `That is the problem, ${NO_BUDGET_QUOTE}. I was hoping for a free plan.`,
      `To be honest, ${NO_BUDGET_QUOTE}. I am looking for arguments to get some.`,
      `Zero, I am afraid: ${NO_BUDGET_QUOTE}. We just paid for a new roof.`,
    ),
    recordAnswer(
      'budget',
      { verdict: false, confidence: 0.95, value: 'Nothing this year' },
      { quote: NO_BUDGET_QUOTE },
    ),
    askAuthority(),
    agent(
      `And if there were money, when would you want to start?`,
      `Suppose the money came. When would it have to run?`,
    ),
    customer(`Next year at the earliest.`, `Not before next year, realistically.`),
    recordAnswer('timeline', { verdict: false, confidence: 0.8, timeframe: 'next year', urgency: 'low' }),
    agent(
      `Then I would rather not sell you anything today. Here is our guide to reminders with the tools you have, free of charge.`,
      `Honest answers deserve an honest one: wait. I will send you a checklist that already helps without us.`,
    ),
    customer(
      `That is the nicest "no" I ever got. Thank you!`,
      `Wow, thanks. I will remember that.`,
      `Fair. You will be the first one I call when there is money.`,
    ),
    addDetails(['no-budget']),
    closeLost('No budget this year'),
  ],
};

export const goneQuiet: Story = {
  name: 'gone quiet',
  endedAgo: [2 * DAY_MS, 20 * DAY_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(0.7),
    agent(
      `Very helpful. And is there a budget for it, or do we have to build the case first?`,
      `Got it. What would you say it is allowed to cost?`,
    ),
    scheduleFollowUp(
      { afterMs: DAY_MS },
      {
        type: 're_engagement',
        context: 'No answer to the question about the budget',
        cancelOn: ['customer_reply'],
      },
    ),
    snoozeFollowUp({ afterMs: 2 * DAY_MS }),
    wait(2.2 * DAY_MS),
    completeFollowUp('Wrote once more, kindly'),
    agent(
      `Hi ${prospect.firstName}, just making sure this did not get lost. If the moment is wrong, a "not now" is a perfectly good answer.`,
      `Still here, ${prospect.firstName}. Shall I close the file, or is it simply one of those weeks?`,
    ),
    scheduleFollowUp(
      { afterMs: 3 * DAY_MS },
      { type: 're_engagement', priority: 'low', context: 'Last try', cancelOn: ['customer_reply', 'close'] },
    ),
    wait(3 * DAY_MS),
    cancelFollowUp('Two messages without an answer are enough'),
    note('Two tries, no reply. Closing it, we can always reopen.'),
    addDetails(['no-reply']),
    abandon('No answer to two messages'),
  ],
};
