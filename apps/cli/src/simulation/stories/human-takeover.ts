import { DAY_MS, HOUR_MS, MINUTE_MS } from '../durations.ts';
import { PRODUCT } from '../industries.ts';
import { addDetails } from '../steps/conversation.ts';
import { waitDays } from '../steps/flow.ts';
import { scheduleFollowUp } from '../steps/follow-ups.ts';
import {
  acceptHandoff,
  rejectHandoff,
  release,
  requestHandoff,
  takeOver,
  transfer,
} from '../steps/handoffs.ts';
import { agent, callTool, customer, note } from '../steps/messages.ts';
import { forceStage, raiseObjection, resolveObjection, updateDeal } from '../steps/sales.ts';
import { CLOSER, DANA, MARCUS, PRIYA } from '../team.ts';
import {
  askAuthority,
  askBudget,
  askNeed,
  askTimeline,
  greet,
  monthlyPrice,
  openWithPainPoint,
  presentOffer,
  qualify,
  transferToCloser,
} from './shared-steps.ts';
import { JUST_NOW, type Story } from './story.ts';

export const securityQuestions: Story = {
  name: 'security questions, a person takes over',
  endedAgo: JUST_NOW,
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    qualify(),
    transferToCloser(),
    presentOffer(),
    customer(
      `One thing before I say yes: where does the data of our ${prospect.industry.clients} live, and who at your end can read it?`,
      `Our lawyer asks whether you sign a data processing agreement. And how do I know that you will still exist in two years?`,
    ),
    raiseObjection('trust', 'high'),
    agent(
      `Good question. The data stays in the region that you choose, encrypted, and each access is logged.`,
      `Yes, we sign one, it is on our site. And our books are open to customers under an NDA.`,
    ),
    customer(
      `With respect, I would rather hear that from a human being with a name.`,
      `That sounds like a brochure. Can somebody real answer this?`,
    ),
    callTool(
      'lookup_account',
      { contact: prospect.contactId },
      { company: prospect.company, sites: prospect.locations, tier: 'growth' },
    ),
    note('Wants a person for the security part. I have the DPA and the last audit letter here.', DANA),
    takeOver(DANA, 'The customer asked for a person on security'),
    agent(
      `Hi ${prospect.firstName}, Dana Whitfield here, a human being with a name and a coffee. Data is hosted where you are, four people can reach it, each access is logged and you can see the log. I have sent you the agreement and our last audit letter.`,
      `Hello ${prospect.firstName}, this is Dana. Fair point about brochures. I have attached our data processing agreement with my signature already on it. Call me if your lawyer wants to argue, I enjoy that.`,
    ),
    customer(
      `Now that is an answer. Thank you, Dana.`,
      `Appreciated. Our lawyer is almost disappointed, there was nothing to complain about.`,
    ),
    resolveObjection('A person answered, with the signed agreement and the audit letter', {
      confidence: 0.94,
    }),
    release(CLOSER, 'Security is settled, the offer still stands'),
    updateDeal({ monthlyValueCents: prospect.monthlyValueCents, setupFeeCents: prospect.setupFeeCents }),
    agent(
      `Then only the start date is left. Would the first of next month suit you?`,
      `Great. Shall I prepare the agreement for twelve or for twenty-four months?`,
    ),
    customer(
      `Let me look at the calendar with my team. Can you hold that offer until Friday?`,
      `Twelve to start with. Could you send it to my work address as well?`,
      `Yes. But can we leave out the newest location for now and add it in spring?`,
      `The first works. Who will train the ${prospect.industry.frontDesk}, you or a video?`,
      `Almost there. ${prospect.persona.approver.charAt(0).toUpperCase()}${prospect.persona.approver.slice(1)} would like to see Dana's letter too, can you forward it?`,
    ),
  ],
};

export const needsApproval: Story = {
  name: 'approval from above',
  endedAgo: [5 * MINUTE_MS, 3 * HOUR_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(),
    askBudget(),
    customer(
      `Before we go on: anything above $500 a month goes to ${prospect.persona.approver}, and there are always questions about references.`,
      `I cannot decide that alone. ${prospect.persona.approver.charAt(0).toUpperCase()}${prospect.persona.approver.slice(1)} will want to talk to somebody who has done this before.`,
    ),
    raiseObjection('authority', 'medium'),
    agent(
      `Then let us bring somebody in who can speak to that. I am asking a colleague now.`,
      `That is normal at your size. Give me a minute, I am getting you one of our people.`,
    ),
    requestHandoff(DANA, {
      reason: 'The decision maker wants references and a person',
      trigger: 'user_intent',
      confidence: 0.8,
      expires: { afterMs: 4 * HOUR_MS },
      brief: {
        goal: 'Win over the person who signs',
        done: ['Need and budget are clear'],
        open: ['References', 'A call with the decision maker'],
        facts: [
          [prospect.painPoint.summary, 'need'],
          ['Somebody else signs', 'objection'],
        ],
        nextStep: 'Offer a call of twenty minutes',
      },
    }),
    rejectHandoff(DANA, 'On the road until Thursday, please ask Marcus'),
    requestHandoff(MARCUS, {
      reason: 'The decision maker wants references and a person',
      trigger: 'user_intent',
      confidence: 0.8,
    }),
    acceptHandoff(MARCUS),
    agent(
      `Hi ${prospect.firstName}, I am Marcus, I look after ${prospect.industry.name} customers. I can bring two references of your size to a call of twenty minutes. Does tomorrow work for both of you?`,
      `Hello ${prospect.firstName}, Marcus from ${PRODUCT}. I have done this with a dozen companies like yours and I am happy to be asked difficult questions. When is a good time for ${prospect.persona.approver}?`,
    ),
    customer(
      `Tomorrow at ten? I will drag everybody into the room.`,
      `That would help a lot. Do you have somebody who moved from a mess like ours?`,
    ),
    customer(
      `Oh, and bring numbers. Lots of numbers.`,
      `And please, no slides with rockets on them.`,
      `One more thing: can the references be ${prospect.industry.business} too? Otherwise I will hear "but they are different".`,
      `PS: is there parking near a demo, or do we do it on screen?`,
    ),
  ],
};

export const rescuedByLead: Story = {
  name: 'rescued by the sales lead',
  endedAgo: [2 * HOUR_MS, 4 * DAY_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(),
    customer(
      `I have answered three of your questions and still do not know what it costs. Is there a price or not?`,
      `Sorry, but I asked for a number. If you cannot give me one, tell me and I stop wasting your time.`,
    ),
    raiseObjection('trust', 'medium'),
    takeOver(PRIYA, 'The customer is losing patience'),
    agent(
      `${prospect.firstName}, Priya here, I lead the team. You are right, and here is the number: ${monthlyPrice(prospect)} a month for everything, no setup. If you want it, I can have you running next week.`,
      `You should have had it in the first message, ${prospect.firstName}. ${monthlyPrice(prospect)} a month, all included. My apologies, Priya.`,
    ),
    customer(
      `See, that was easy. And the number is fine, actually.`,
      `Thank you, Priya. That I can work with.`,
    ),
    resolveObjection('The sales lead named the price at once and apologised', { confidence: 0.92 }),
    forceStage('closing', 'The customer is ready to sign, the questions can wait', PRIYA),
    note('Moved to closing by hand. We ask for budget and timing when we send the paper.'),
    updateDeal({ monthlyValueCents: prospect.monthlyValueCents }),
    agent(
      `The agreement is in your inbox. Any question, straight to me.`,
      `Paper is out. I stay on this one personally.`,
    ),
    scheduleFollowUp(
      { fromNowMs: [-DAY_MS / 4, 5 * HOUR_MS, DAY_MS] },
      { type: 'close_attempt', priority: 'high', context: 'Has the agreement been signed?' },
    ),
  ],
};

export const largeDeal: Story = {
  name: 'a big deal, many voices',
  endedAgo: [6 * HOUR_MS, 2 * DAY_MS],
  steps: (prospect) => [
    openWithPainPoint(),
    greet(),
    askNeed(0.95),
    agent(
      `Thank you. The next questions are about money and people, so ask around first if you like. I am here when you are ready.`,
      `That helps a lot. Take a day to collect the numbers, the rest of my questions will wait.`,
    ),
    waitDays(1, 2),
    customer(
      `Back with the numbers. Go ahead.`,
      `Sorry for the wait, I had to corner three people. Ask away.`,
    ),
    askBudget(),
    askAuthority(),
    askTimeline(),
    note('This one is large for its region. Marcus should see it early.', PRIYA),
    transfer(MARCUS, {
      reason: 'Several sites and several decision makers: better with a person',
      trigger: 'policy',
      confidence: 0.9,
      stage: 'closing',
      brief: {
        goal: `A group agreement with ${prospect.company}`,
        done: ['Qualified'],
        open: ['Rollout plan', 'Data protection', 'Price for the group'],
        facts: [
          [prospect.painPoint.summary, 'need'],
          ['Budget', 'budget'],
          ['Who signs', 'authority'],
          ['When', 'timeline'],
        ],
        nextStep: 'Call with everybody',
      },
    }),
    agent(
      `Dear ${prospect.firstName}, thank you for the detailed answers. I propose a call with operations and finance next week, and I will bring a rollout plan for all sites. Kind regards, Marcus`,
      `Hello ${prospect.firstName}, Marcus here. A group like yours deserves a plan rather than a price list: you will have both by tomorrow.`,
    ),
    waitDays(1, 3),
    customer(
      `The plan is good. Finance says that the setup fee has to go, otherwise they block it on principle.`,
      `Everybody liked the call. Our CFO did not like the total. You know how it is.`,
    ),
    raiseObjection('price', 'medium'),
    updateDeal({
      monthlyValueCents: prospect.monthlyValueCents,
      setupFeeCents: 150_000,
      contractMonths: 24,
      discountPercent: 0,
    }),
    agent(
      `I can waive the setup if all sites start together. That also makes the rollout cheaper for us, so nobody loses.`,
      `If we sign for 24 months, the setup is on us and finance has its principle.`,
    ),
    customer(`Finance smiled. I did not know they could.`, `That solves it, thank you.`),
    resolveObjection('Setup fee waived for a joint start', {
      confidence: 0.88,
      notes: 'Margin stays above target',
    }),
    updateDeal({ setupFeeCents: 0, discountPercent: 5 }),
    customer(
      `Now legal wants to see a contract in our own template. I am sorry.`,
      `Last hurdle: IT asks how you handle single sign-on and deletion of data.`,
    ),
    raiseObjection('trust', 'low'),
    agent(
      `No need to be sorry, I expected that. Our counsel looks at it this week.`,
      `Both are standard in the group plan. I am sending the paper that answers it line by line.`,
    ),
    scheduleFollowUp(
      { fromNowMs: [-2 * HOUR_MS, -30 * MINUTE_MS, 3 * HOUR_MS] },
      {
        type: 'close_attempt',
        priority: 'high',
        context: 'Legal should be through: ask for the signature',
        cancelOn: ['stage_change', 'close'],
      },
    ),
    addDetails(['enterprise', prospect.industry.name], {
      sites: prospect.locations,
      forecast: 0.7,
      joint_start: true,
    }),
  ],
};
