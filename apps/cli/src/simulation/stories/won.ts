import { formatDollars } from '../../output/format.ts';
import { DAY_MS, HOUR_MS } from '../durations.ts';
import { addDetails } from '../steps/conversation.ts';
import { scheduleFollowUp } from '../steps/follow-ups.ts';
import { transfer } from '../steps/handoffs.ts';
import { agent, customer, redactLastMessage } from '../steps/messages.ts';
import { closeWon, moveStage, raiseObjection, resolveObjection, updateDeal } from '../steps/sales.ts';
import { CLOSER, OBJECTION_HANDLER, ONBOARDING } from '../team.ts';
import {
  acceptOffer,
  greet,
  monthlyPrice,
  openWithPainPoint,
  presentOffer,
  qualify,
  standardTerms,
  thankForDeal,
  transferToCloser,
} from './shared-steps.ts';
import { LONG_AGO, type Story } from './story.ts';

export const quickWin: Story = {
  name: 'quick win',
  endedAgo: LONG_AGO,
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    qualify(),
    transferToCloser(),
    presentOffer(),
    acceptOffer(),
    addDetails(['inbound', prospect.industry.name], { sites: prospect.locations }),
    thankForDeal(),
    closeWon((script) => ({ ...standardTerms(script), closeReason: 'Signed on the first offer' })),
  ],
};

export const priceNegotiation: Story = {
  name: 'price talk, won',
  endedAgo: LONG_AGO,
  steps: (prospect, random) => {
    const discount = random.pick([8, 10, 12, 15]);
    const reduced = Math.round((prospect.monthlyValueCents * (100 - discount)) / 10_000) * 100;
    return [
      openWithPainPoint(),
      greet(),
      qualify(),
      transfer(CLOSER, { reason: 'Qualified, wants an offer', trigger: 'stage_complete', stage: 'closing' }),
      presentOffer(),
      customer(
        `Hm. ${monthlyPrice(prospect)} is a lot for us, I was hoping for something with a smaller first digit.`,
        `I showed the number to my accountant and he made that noise. It is too expensive as it stands.`,
        `I like it, I do not like the price. The last tool cost half of that (and did a tenth, I know).`,
      ),
      raiseObjection('price', 'high'),
      transfer(OBJECTION_HANDLER, {
        reason: 'The price is the only thing in the way',
        trigger: 'objection',
        confidence: 0.84,
        stage: 'objection_handling',
        brief: {
          goal: 'Save the deal without giving the margin away',
          done: ['Offer is out'],
          open: ['Price'],
          facts: [['They find it too expensive', 'objection']],
          nextStep: 'Work out together what a missed visit costs',
        },
      }),
      agent(
        `Fair. Let us look at it from the other side: what is one ${prospect.industry.appointment} worth to you, on average?`,
        `Thank you for saying it plainly. How many ${prospect.industry.clients} would have to come back before the tool has paid for itself?`,
      ),
      customer(
        'About $140, a bit more on weekends.',
        'Call it $95. Why, what are you getting at?',
        'Depends, but $120 is a fair middle.',
      ),
      agent(
        `Then it pays for itself with fewer than two a week, and you told us you lose far more than that. If you commit for two years I can take ${discount} % off: ${formatDollars(reduced)} a month.`,
        `So a handful of saved visits and the month is covered. And because you were patient with me: ${discount} % off on a two-year term, which makes ${formatDollars(reduced)}.`,
      ),
      customer(
        `Now we are talking. With ${discount} % off I can sell that internally.`,
        `That I can explain to anybody. OK, two years then.`,
      ),
      resolveObjection('Return on investment, worked out with their own numbers', {
        confidence: 0.9,
        advanceTo: 'closing',
      }),
      transfer(CLOSER, { reason: 'Price settled', trigger: 'stage_complete', confidence: 0.95 }),
      updateDeal({ monthlyValueCents: reduced, discountPercent: discount, contractMonths: 24 }),
      thankForDeal(),
      closeWon({
        paymentMethod: 'ach',
        setupFeeCents: 0,
        closeReason: `Won with ${discount} % off for two years`,
      }),
    ];
  },
};

export const cardNumberInChat: Story = {
  name: 'a card number in the chat',
  endedAgo: LONG_AGO,
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    qualify(),
    transferToCloser(),
    presentOffer(),
    acceptOffer(),
    agent(
      `Great! I am sending you a payment link, it is valid for a day.`,
      `Perfect. The secure link for the card is on its way to your inbox.`,
    ),
    customer(
      `No need, just take it: 4000 0000 0000 0002, valid until 11/29, code 123.`,
      `Faster this way: card 4000 0000 0000 0002, 04/30, 456. Go.`,
    ),
    redactLastMessage('Payment card data'),
    agent(
      `I trust you too, ${prospect.firstName}, but card numbers do not belong in a chat. I have removed it here. Please use the link, it takes a minute.`,
      `Oops, I have blanked that message: we never keep card numbers in writing. The link is in your inbox.`,
    ),
    customer(`Ha, fair enough. Done through the link.`, `My bad. Paid now, properly.`),
    thankForDeal(),
    closeWon((script) => ({
      ...standardTerms(script),
      paymentMethod: 'credit_card',
      closeReason: 'Paid by link',
    })),
  ],
};

export const onboarding: Story = {
  name: 'won, and now on board',
  endedAgo: [3 * HOUR_MS, 2 * DAY_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    qualify(),
    transferToCloser(),
    presentOffer(),
    acceptOffer(),
    updateDeal((script) => ({ ...standardTerms(script), paymentMethod: 'wire', closeReason: 'Signed' })),
    moveStage('closed_won', 'Agreement signed'),
    transfer(ONBOARDING, {
      reason: 'Signed, starts next week',
      trigger: 'stage_complete',
      confidence: 0.97,
      brief: {
        goal: 'Live within eight working days',
        done: ['Agreement signed'],
        open: ['Export of the old data', 'Training of the team'],
        facts: [],
        nextStep: 'Agree on a date for the kick-off',
      },
    }),
    agent(
      `Hi ${prospect.firstName}, I am your onboarding specialist. Three steps: you export, we import, your team plays with it for a day. Does Tuesday suit you?`,
      `Congratulations on the decision, ${prospect.firstName}! I have set up your account with ${prospect.locations === 1 ? 'your location' : `your ${prospect.locations} locations`}. When can we meet the team?`,
    ),
    customer(
      `Tuesday is good. The export is running as we speak.`,
      `Any morning next week. They are nervous, be gentle.`,
    ),
    agent(
      `Wonderful, see you then. I bring the patience, you bring the coffee.`,
      `Gentle is my middle name. The invitation is out.`,
    ),
    scheduleFollowUp(
      { fromNowMs: [4 * HOUR_MS, 2 * DAY_MS, 6 * DAY_MS] },
      {
        type: 'onboarding_check',
        priority: 'medium',
        context: 'Is the import done, and is the team trained?',
      },
    ),
    addDetails(['customer', prospect.industry.name], { plan: 'growth', sites: prospect.locations }),
  ],
};
