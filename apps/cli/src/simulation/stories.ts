import { formatDollars } from '../output/format.ts';
import {
  acceptsOffer,
  asksAuthority,
  asksBudget,
  asksNeed,
  asksTimeline,
  goesToCloser,
  greets,
  monthly,
  offers,
  opensWithPain,
  pausesForDays,
  qualifies,
  thanksForDeal,
} from './beats.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Script } from './script.ts';
import {
  CLOSER,
  DANA,
  MARCUS,
  OBJECTION_HANDLER,
  ONBOARDING,
  PRIYA,
  QUALIFIER,
  SALES_DESK,
  SUPERVISOR,
} from './team.ts';
import { PRODUCT, RIVAL } from './verticals.ts';

/** How long ago a story's last step was, in milliseconds. */
type Ended = readonly [from: number, to: number];

export type Story = {
  name: string;
  ended: Ended;
  tell: (s: Script) => void;
};

const LONG_AGO: Ended = [DAY_MS, 28 * DAY_MS];
const TODAY: Ended = [20 * MINUTE_MS, 7 * HOUR_MS];
const JUST_NOW: Ended = [MINUTE_MS, 50 * MINUTE_MS];

function cardDeal({ cast, chance }: Script) {
  return {
    monthlyValueCents: cast.monthlyValueCents,
    setupFeeCents: cast.setupFeeCents,
    contractLength: chance.pick([12, 24]),
    paymentMethod: chance.pick(['credit_card', 'ach']),
  };
}

const quickWin: Story = {
  name: 'quick win',
  ended: LONG_AGO,
  tell: (s) => {
    greets(s, opensWithPain(s));
    goesToCloser(s, qualifies(s));
    offers(s);
    acceptsOffer(s);
    s.details(['inbound', s.cast.vertical.name], { sites: s.cast.sites });
    thanksForDeal(s);
    s.win({ ...cardDeal(s), closeReason: 'Signed on the first offer' });
  },
};

const priceTalk: Story = {
  name: 'price talk, won',
  ended: LONG_AGO,
  tell: (s) => {
    const discount = s.chance.pick([8, 10, 12, 15]);
    const reduced = Math.round((s.cast.monthlyValueCents * (100 - discount)) / 10_000) * 100;
    greets(s, opensWithPain(s));
    qualifies(s);
    s.transfer(CLOSER, { reason: 'Qualified, wants an offer', trigger: 'stage_complete', stage: 'closing' });
    offers(s);
    const said = s.customer(
      `Hm. ${monthly(s)} is a lot for us, I was hoping for something with a smaller first digit.`,
      `I showed the number to my accountant and he made that noise. It is too expensive as it stands.`,
      `I like it, I do not like the price. The last tool cost half of that (and did a tenth, I know).`,
    );
    s.object('price', 'high', said);
    s.transfer(OBJECTION_HANDLER, {
      reason: 'The price is the only thing in the way',
      trigger: 'objection',
      confidence: 0.84,
      stage: 'objection_handling',
      brief: {
        goal: 'Save the deal without giving the margin away',
        done: ['Offer is out'],
        open: ['Price'],
        facts: [['They find it too expensive', said]],
        nextStep: 'Work out together what a missed visit costs',
      },
    });
    s.agent(
      `Fair. Let us look at it from the other side: what is one ${s.cast.vertical.visit} worth to you, on average?`,
      `Thank you for saying it plainly. How many ${s.cast.vertical.people} would have to come back before the tool has paid for itself?`,
    );
    s.customer(
      'About $140, a bit more on weekends.',
      'Call it $95. Why, what are you getting at?',
      'Depends, but $120 is a fair middle.',
    );
    s.agent(
      `Then it pays for itself with fewer than two a week, and you told us you lose far more than that. If you commit for two years I can take ${discount} % off: ${formatDollars(reduced)} a month.`,
      `So a handful of saved visits and the month is covered. And because you were patient with me: ${discount} % off on a two-year term, which makes ${formatDollars(reduced)}.`,
    );
    s.customer(
      `Now we are talking. With ${discount} % off I can sell that internally.`,
      `That I can explain to anybody. OK, two years then.`,
    );
    s.resolve('Return on investment, worked out with their own numbers', {
      confidence: 0.9,
      advanceTo: 'closing',
    });
    s.transfer(CLOSER, { reason: 'Price settled', trigger: 'stage_complete', confidence: 0.95 });
    s.deal({ monthlyValueCents: reduced, discountPercent: discount, contractLength: 24 });
    thanksForDeal(s);
    s.win({
      paymentMethod: 'ach',
      setupFeeCents: 0,
      closeReason: `Won with ${discount} % off for two years`,
    });
  },
};

const lostToRival: Story = {
  name: 'lost to a competitor',
  ended: LONG_AGO,
  tell: (s) => {
    greets(s, opensWithPain(s));
    asksNeed(s);
    asksBudget(s);
    const said = s.customer(
      `I should say that ${RIVAL} offered us the first six months for free. Hard to argue with free.`,
      `To be open with you: we are in a trial with ${RIVAL} and my team likes it.`,
    );
    s.object('competitor', 'high', said);
    s.move('objection_handling', 'Compares us with a competitor');
    s.transfer(OBJECTION_HANDLER, {
      reason: `Compares us with ${RIVAL}`,
      trigger: 'objection',
      confidence: 0.77,
    });
    s.agent(
      `They make a decent calendar. Ask them two things before you decide: what a text message costs from month seven, and who moves your data.`,
      `No bad words about them. What is it that your team likes best? Then I can tell you whether we do it better or not.`,
    );
    s.wait(2 * HOUR_MS);
    s.customer(
      `Asked them. It is not ideal, but it is already set up and nobody wants to start over. We stay there.`,
      `It is the app. The front desk is in love with the app. Sorry, you were great, but I am not fighting that battle.`,
    );
    s.agent(
      `Thank you for telling me, most people just go silent. If month seven hurts, you know where to find us.`,
      `I appreciate the honesty. May I check in when your trial turns into a bill?`,
    );
    s.note(`${RIVAL} again. Third one this month in ${s.cast.vertical.name}.`, PRIYA);
    s.details(['lost-competitor', s.cast.vertical.name], { competitor: RIVAL });
    s.lose(`Went with ${RIVAL}`);
  },
};

const notNow: Story = {
  name: 'not now',
  ended: [DAY_MS, 3 * DAY_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    asksNeed(s);
    asksAuthority(s);
    s.agent(
      `When would you like to have this running?`,
      `Shall we put a date on it, so that it does not slip?`,
    );
    const said = s.customer(
      `That is the thing. We are moving offices in the next weeks and nobody here can look at a new tool until the boxes are unpacked.`,
      `Not this month. Two people are on leave and I am answering the phone myself. Literally right now.`,
    );
    s.object('timing', 'medium', said);
    s.move('objection_handling', 'The moment is wrong');
    s.defer('They cannot look at it before the move is over', {
      fromNowMs: s.chance.pick([-3 * HOUR_MS, 2 * HOUR_MS, 5 * HOUR_MS]),
    });
    s.agent(
      `Completely understandable. I will not bother you until then, and you will not get a single newsletter from me. Promise.`,
      `Then let us not force it. I put a note in the calendar and write to you when the dust has settled.`,
    );
    s.customer('Perfect, thank you for not pushing.', 'You are a saint. Talk then.');
    s.agent('My pleasure. Good luck with it all!', 'Any time. Hang in there!');
    s.status('pause', 'Waits until the customer has time');
  },
};

const securityCheck: Story = {
  name: 'security questions, a person takes over',
  ended: JUST_NOW,
  tell: (s) => {
    greets(s, opensWithPain(s));
    goesToCloser(s, qualifies(s));
    offers(s);
    const said = s.customer(
      `One thing before I say yes: where does the data of our ${s.cast.vertical.people} live, and who at your end can read it?`,
      `Our lawyer asks whether you sign a data processing agreement. And how do I know that you will still exist in two years?`,
    );
    s.object('trust', 'high', said);
    s.agent(
      `Good question. The data stays in the region that you choose, encrypted, and each access is logged.`,
      `Yes, we sign one, it is on our site. And our books are open to customers under an NDA.`,
    );
    s.customer(
      `With respect, I would rather hear that from a human being with a name.`,
      `That sounds like a brochure. Can somebody real answer this?`,
    );
    s.tool(
      'lookup_account',
      { contact: s.cast.contactId },
      { company: s.cast.company, sites: s.cast.sites, tier: 'growth' },
    );
    s.note('Wants a person for the security part. I have the DPA and the last audit letter here.', DANA);
    s.takeover(DANA, 'The customer asked for a person on security');
    s.agent(
      `Hi ${s.cast.first}, Dana Whitfield here, a human being with a name and a coffee. Data is hosted where you are, four people can reach it, each access is logged and you can see the log. I have sent you the agreement and our last audit letter.`,
      `Hello ${s.cast.first}, this is Dana. Fair point about brochures. I have attached our data processing agreement with my signature already on it. Call me if your lawyer wants to argue, I enjoy that.`,
    );
    s.customer(
      `Now that is an answer. Thank you, Dana.`,
      `Appreciated. Our lawyer is almost disappointed, there was nothing to complain about.`,
    );
    s.resolve('A person answered, with the signed agreement and the audit letter', { confidence: 0.94 });
    s.release(CLOSER, 'Security is settled, the offer still stands');
    s.deal({ monthlyValueCents: s.cast.monthlyValueCents, setupFeeCents: s.cast.setupFeeCents });
    s.agent(
      `Then only the start date is left. Would the first of next month suit you?`,
      `Great. Shall I prepare the agreement for twelve or for twenty-four months?`,
    );
    s.customer(
      `Let me look at the calendar with my team. Can you hold that offer until Friday?`,
      `Twelve to start with. Could you send it to my work address as well?`,
      `Yes. But can we leave out the newest location for now and add it in spring?`,
      `The first works. Who will train the ${s.cast.vertical.desk}, you or a video?`,
      `Almost there. ${s.cast.persona.boss.charAt(0).toUpperCase()}${s.cast.persona.boss.slice(1)} would like to see Dana's letter too, can you forward it?`,
    );
  },
};

const readyForOffer: Story = {
  name: 'qualified, with one more question',
  ended: JUST_NOW,
  tell: (s) => {
    greets(s, opensWithPain(s));
    qualifies(s);
    s.agent(
      `Thank you, that was everything. I would say we fit. Would you rather see it live for ten minutes first, or go straight to an offer?`,
      `Great, all four boxes are ticked. What would help you most now: a short demo with your own ${s.cast.vertical.people}, or the price on a page?`,
    );
    s.customer(
      `Demo first. But please with our mess and not with your pretty sample data.`,
      `The page. If I like it, the demo is for my team.`,
      `Before either: what happens to the bookings we already have for next month?`,
      `Show me. I am free after three, my ${s.cast.vertical.desk} is not, which is rather the point.`,
    );
    s.note(
      `Fits well: ${s.cast.pain.short.toLowerCase()}. I would send the demo link and copy Dana.`,
      SUPERVISOR,
    );
  },
};

const needsApproval: Story = {
  name: 'approval from above',
  ended: [5 * MINUTE_MS, 3 * HOUR_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    const need = asksNeed(s);
    asksBudget(s);
    const said = s.customer(
      `Before we go on: anything above $500 a month goes to ${s.cast.persona.boss}, and there are always questions about references.`,
      `I cannot decide that alone. ${s.cast.persona.boss.charAt(0).toUpperCase()}${s.cast.persona.boss.slice(1)} will want to talk to somebody who has done this before.`,
    );
    s.object('authority', 'medium', said);
    s.agent(
      `Then let us bring somebody in who can speak to that. I am asking a colleague now.`,
      `That is normal at your size. Give me a minute, I am getting you one of our people.`,
    );
    s.request(DANA, {
      reason: 'The decision maker wants references and a person',
      trigger: 'user_intent',
      confidence: 0.8,
      expires: { afterMs: 4 * HOUR_MS },
      brief: {
        goal: 'Win over the person who signs',
        done: ['Need and budget are clear'],
        open: ['References', 'A call with the decision maker'],
        facts: [
          [s.cast.pain.short, need],
          ['Somebody else signs', said],
        ],
        nextStep: 'Offer a call of twenty minutes',
      },
    });
    s.reject(DANA, 'On the road until Thursday, please ask Marcus');
    s.request(MARCUS, {
      reason: 'The decision maker wants references and a person',
      trigger: 'user_intent',
      confidence: 0.8,
    });
    s.accept(MARCUS);
    s.agent(
      `Hi ${s.cast.first}, I am Marcus, I look after ${s.cast.vertical.name} customers. I can bring two references of your size to a call of twenty minutes. Does tomorrow work for both of you?`,
      `Hello ${s.cast.first}, Marcus from ${PRODUCT}. I have done this with a dozen companies like yours and I am happy to be asked difficult questions. When is a good time for ${s.cast.persona.boss}?`,
    );
    s.customer(
      `Tomorrow at ten? I will drag everybody into the room.`,
      `That would help a lot. Do you have somebody who moved from a mess like ours?`,
    );
    s.customer(
      `Oh, and bring numbers. Lots of numbers.`,
      `And please, no slides with rockets on them.`,
      `One more thing: can the references be ${s.cast.vertical.business} too? Otherwise I will hear "but they are different".`,
      `PS: is there parking near a demo, or do we do it on screen?`,
    );
  },
};

const goneQuiet: Story = {
  name: 'gone quiet',
  ended: [2 * DAY_MS, 20 * DAY_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    asksNeed(s, 0.7);
    s.agent(
      `Very helpful. And is there a budget for it, or do we have to build the case first?`,
      `Got it. What would you say it is allowed to cost?`,
    );
    s.followUp(
      { afterMs: DAY_MS },
      {
        type: 're_engagement',
        context: 'No answer to the question about the budget',
        cancelOn: ['customer_reply'],
      },
    );
    s.snooze({ afterMs: 2 * DAY_MS });
    s.wait(2.2 * DAY_MS);
    s.completeFollowUp('Wrote once more, kindly');
    s.agent(
      `Hi ${s.cast.first}, just making sure this did not get lost. If the moment is wrong, a "not now" is a perfectly good answer.`,
      `Still here, ${s.cast.first}. Shall I close the file, or is it simply one of those weeks?`,
    );
    s.followUp(
      { afterMs: 3 * DAY_MS },
      { type: 're_engagement', priority: 'low', context: 'Last try', cancelOn: ['customer_reply', 'close'] },
    );
    s.wait(3 * DAY_MS);
    s.cancelFollowUp('Two messages without an answer are enough');
    s.note('Two tries, no reply. Closing it, we can always reopen.');
    s.details(['no-reply']);
    s.status('abandon', 'No answer to two messages');
  },
};

const missingFeature: Story = {
  name: 'a missing feature',
  ended: LONG_AGO,
  tell: (s) => {
    const { feature } = s.cast.vertical;
    greets(s, opensWithPain(s));
    asksNeed(s);
    asksBudget(s);
    asksAuthority(s);
    asksTimeline(s);
    const said = s.customer(
      `Can it do ${feature}? Without that my team will revolt.`,
      `Sounds good so far. Now the one that everybody fails at: ${feature}?`,
    );
    s.object('feature', 'high', said);
    s.transfer(OBJECTION_HANDLER, {
      reason: `Asks for ${feature}`,
      trigger: 'objection',
      stage: 'objection_handling',
    });
    s.tool('search_roadmap', { query: feature }, { found: true, status: 'planned', quarter: 'after next' });
    s.agent(
      `I looked it up rather than guess: it is on the roadmap, two quarters out. Today you would need a workaround, and I do not want to sell you a workaround as a feature.`,
      `Not today. It is planned, but not for this half of the year. Would an export to the tool you use for it now be enough?`,
    );
    s.wait(5 * HOUR_MS);
    s.customer(
      `Thank you for not lying to me. But then it is a no for this year.`,
      `That is a pity, the rest is right. We cannot go without it.`,
    );
    s.agent(
      `Understood. I will write to you on the day it ships, and not before.`,
      `I have put your name on the request, that counts more than you may think. Thank you, ${s.cast.first}.`,
    );
    s.details(['feature-request'], { wantedFeature: feature });
    s.followUp(
      { afterMs: 60 * DAY_MS },
      { type: 'nurture', priority: 'low', context: `Tell them when ${feature} ships` },
    );
    s.lose(`Needs ${feature}`);
  },
};

const freshLead: Story = {
  name: 'a fresh lead, waiting',
  ended: [MINUTE_MS, 25 * MINUTE_MS],
  tell: (s) => {
    opensWithPain(s);
    if (s.chance.happens(0.5)) {
      s.customer(
        `Also, do you have an app for ${s.cast.vertical.people}, or is it all texts?`,
        `Anyone there? I have about ten minutes before the next ${s.cast.vertical.visit}.`,
        `Oh, and does it work in two languages? About a third of our ${s.cast.vertical.people} write to us in Spanish.`,
        `Ballpark for ${s.cast.sites === 1 ? 'one location' : `${s.cast.sites} locations`} would already help me.`,
        `PS: please no sales call, writing is fine.`,
      );
    }
  },
};

const halfWay: Story = {
  name: 'half way through the questions',
  ended: [3 * MINUTE_MS, 5 * HOUR_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    asksNeed(s);
    s.agent(
      `How much is the budget, roughly? A range is fine.`,
      `And money: what would be a comfortable number a month?`,
    );
    const quote = 'somewhere in the low hundreds';
    const said = s.customer(
      `I would have to guess. My feeling says ${quote}, but I have not asked anybody.`,
      `No idea what such a thing costs. If I had to say: ${quote}?`,
    );
    s.answer('budget', { verdict: true, confidence: 0.45, certainty: 'hypothesis', value: quote }, said, {
      quote,
    });
    s.agent(
      `That is a fine starting point. For ${s.cast.sites === 1 ? 'one location' : `${s.cast.sites} locations`} it will not be far off. Who else would be part of the decision?`,
      `Good enough for now. Is it you who decides, or is there somebody I should prepare a page for?`,
    );
    s.customer(
      `Mostly me. But let me ask you something first: how long does the switch take, really? The last one was three months of pain.`,
      `I will get to that. Do we keep our phone numbers? That is a deal breaker for us.`,
      `Depends. Can I see it with our own data before I talk to ${s.cast.persona.boss}?`,
      `Me and ${s.cast.persona.boss}. Is there a page that explains it without the word "synergy"?`,
      `I decide. But the ${s.cast.vertical.desk} has to like it, or it ends up in a drawer. Can they try it for a week?`,
    );
  },
};

const cameBack: Story = {
  name: 'came back after a while',
  ended: TODAY,
  tell: (s) => {
    greets(s, opensWithPain(s));
    const need = asksNeed(s);
    s.customer(`Let me think about it, this week is crazy.`, `Interesting. I need to sleep on it though.`);
    s.agent(
      `Take your time. May I ask again in a few days?`,
      `Of course. I will leave you in peace and knock once, later.`,
    );
    s.move('follow_up', 'Wants to think about it');
    s.followUp(
      { localTime: '09:30', inDays: 4 },
      { type: 're_engagement', context: 'Said they want to sleep on it', cancelOn: ['customer_reply'] },
    );
    s.status('pause', 'The customer thinks about it');
    pausesForDays(s, 3, 8);
    s.status('resume', 'The customer has written');
    const again = s.customer(
      `OK, I am back. Yesterday was the worst ${s.cast.vertical.visit} chaos yet and I thought of you. Where were we?`,
      `Hi again! Slept on it, for a while. ${s.cast.pain.said}, still. Let us do this.`,
    );
    s.agent(
      `Welcome back, ${s.cast.first}! We were at the money. Everything else I still have, so this will be quick.`,
      `How good to hear from you. I kept my notes, so no need to start over.`,
    );
    s.move('qualification', 'The customer came back by themselves');
    s.details(['re-engaged']);
    const budget = asksBudget(s);
    const authority = asksAuthority(s);
    const timeline = asksTimeline(s);
    goesToCloser(s, { need: s.chance.happens(0.5) ? need : again, budget, authority, timeline });
    offers(s);
    s.followUp(
      { fromNowMs: s.chance.pick([6 * HOUR_MS, DAY_MS]) },
      {
        type: 'close_attempt',
        priority: 'high',
        context: 'The offer is out, ask for a decision',
        cancelOn: ['customer_reply', 'stage_change', 'close'],
      },
    );
  },
};

const cardInChat: Story = {
  name: 'a card number in the chat',
  ended: LONG_AGO,
  tell: (s) => {
    greets(s, opensWithPain(s));
    goesToCloser(s, qualifies(s));
    offers(s);
    acceptsOffer(s);
    s.agent(
      `Great! I am sending you a payment link, it is valid for a day.`,
      `Perfect. The secure link for the card is on its way to your inbox.`,
    );
    const card = s.customer(
      `No need, just take it: 4000 0000 0000 0002, valid until 11/29, code 123.`,
      `Faster this way: card 4000 0000 0000 0002, 04/30, 456. Go.`,
    );
    s.redact(card, 'Payment card data');
    s.agent(
      `I trust you too, ${s.cast.first}, but card numbers do not belong in a chat. I have removed it here. Please use the link, it takes a minute.`,
      `Oops, I have redactMessage that message: we never keep card numbers in writing. The link is in your inbox.`,
    );
    s.customer(`Ha, fair enough. Done through the link.`, `My bad. Paid now, properly.`);
    thanksForDeal(s);
    s.win({ ...cardDeal(s), paymentMethod: 'credit_card', closeReason: 'Paid by link' });
  },
};

const waitingForDesk: Story = {
  name: 'waiting for the sales desk',
  ended: [2 * MINUTE_MS, 40 * MINUTE_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    const need = asksNeed(s);
    const said = s.customer(
      `Can I talk to a person about a contract for all our sites? It is a bit special because two of them are franchises.`,
      `We need a custom agreement, our group has its own terms. Is there somebody who does that?`,
    );
    s.agent(
      `Certainly. I have asked our sales desk, and I stay with you until somebody picks it up.`,
      `Yes, that is one for our people. I have passed on everything you said, it should not take long.`,
    );
    s.request(SALES_DESK, {
      reason: 'Wants a custom contract for several sites',
      trigger: 'user_intent',
      confidence: 0.88,
      expires: { fromNowMs: s.chance.pick([3 * HOUR_MS, 20 * HOUR_MS]) },
      brief: {
        goal: 'A contract for the whole group',
        done: ['Need is clear'],
        open: ['Franchise sites', 'Own terms'],
        facts: [
          [s.cast.pain.short, need],
          ['Asks for special terms', said],
        ],
        nextStep: 'Ask who signs for the franchises',
      },
    });
    s.customer(
      `OK, thanks. I am here until five.`,
      `Great, I will keep the window open.`,
      `Perfect. It is ${s.cast.sites + 2} sites in the end, in case that matters to your colleague.`,
      `Thanks. If it takes longer, a call back this afternoon is fine too.`,
    );
  },
};

const noBudget: Story = {
  name: 'no budget',
  ended: LONG_AGO,
  tell: (s) => {
    greets(s, opensWithPain(s));
    asksNeed(s);
    s.agent(`What may it cost a month, in the best case?`, `And what is the budget for a solution?`);
    const quote = 'there is no money for tools this year';
    const said = s.customer(
      `That is the problem, ${quote}. I was hoping for a free plan.`,
      `To be honest, ${quote}. I am looking for arguments to get some.`,
      `Zero, I am afraid: ${quote}. We just paid for a new roof.`,
    );
    s.answer('budget', { verdict: false, confidence: 0.95, value: 'Nothing this year' }, said, { quote });
    asksAuthority(s);
    s.agent(
      `And if there were money, when would you want to start?`,
      `Suppose the money came. When would it have to run?`,
    );
    const later = s.customer(`Next year at the earliest.`, `Not before next year, realistically.`);
    s.answer('timeline', { verdict: false, confidence: 0.8, timeframe: 'next year', urgency: 'low' }, later);
    s.agent(
      `Then I would rather not sell you anything today. Here is our guide to reminders with the tools you have, free of charge.`,
      `Honest answers deserve an honest one: wait. I will send you a checklist that already helps without us.`,
    );
    s.customer(
      `That is the nicest "no" I ever got. Thank you!`,
      `Wow, thanks. I will remember that.`,
      `Fair. You will be the first one I call when there is money.`,
    );
    s.details(['no-budget']);
    s.lose('No budget this year');
  },
};

const onboardingCheck: Story = {
  name: 'won, and now on board',
  ended: [3 * HOUR_MS, 2 * DAY_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    goesToCloser(s, qualifies(s));
    offers(s);
    acceptsOffer(s);
    s.deal({ ...cardDeal(s), paymentMethod: 'wire', closeReason: 'Signed' });
    s.move('closed_won', 'Agreement signed');
    s.transfer(ONBOARDING, {
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
    });
    s.agent(
      `Hi ${s.cast.first}, I am your onboarding specialist. Three steps: you export, we import, your team plays with it for a day. Does Tuesday suit you?`,
      `Congratulations on the decision, ${s.cast.first}! I have set up your account with ${s.cast.sites === 1 ? 'your location' : `your ${s.cast.sites} locations`}. When can we meet the team?`,
    );
    s.customer(
      `Tuesday is good. The export is running as we speak.`,
      `Any morning next week. They are nervous, be gentle.`,
    );
    s.agent(
      `Wonderful, see you then. I bring the patience, you bring the coffee.`,
      `Gentle is my middle name. The invitation is out.`,
    );
    s.followUp(
      { fromNowMs: s.chance.pick([4 * HOUR_MS, 2 * DAY_MS, 6 * DAY_MS]) },
      {
        type: 'onboarding_check',
        priority: 'medium',
        context: 'Is the import done, and is the team trained?',
      },
    );
    s.details(['customer', s.cast.vertical.name], { plan: 'growth', sites: s.cast.sites });
  },
};

const bigDeal: Story = {
  name: 'a big deal, many voices',
  ended: [6 * HOUR_MS, 2 * DAY_MS],
  tell: (s) => {
    const { cast } = s;
    greets(s, opensWithPain(s));
    const need = asksNeed(s, 0.95);
    s.agent(
      `Thank you. The next questions are about money and people, so ask around first if you like. I am here when you are ready.`,
      `That helps a lot. Take a day to collect the numbers, the rest of my questions will wait.`,
    );
    pausesForDays(s, 1, 2);
    s.customer(
      `Back with the numbers. Go ahead.`,
      `Sorry for the wait, I had to corner three people. Ask away.`,
    );
    const { budget, authority, timeline } = {
      budget: asksBudget(s),
      authority: asksAuthority(s),
      timeline: asksTimeline(s),
    };
    s.note('This one is large for its region. Marcus should see it early.', PRIYA);
    s.transfer(MARCUS, {
      reason: 'Several sites and several decision makers: better with a person',
      trigger: 'policy',
      confidence: 0.9,
      stage: 'closing',
      brief: {
        goal: `A group agreement with ${cast.company}`,
        done: ['Qualified'],
        open: ['Rollout plan', 'Data protection', 'Price for the group'],
        facts: [
          [cast.pain.short, need],
          ['Budget', budget],
          ['Who signs', authority],
          ['When', timeline],
        ],
        nextStep: 'Call with everybody',
      },
    });
    s.agent(
      `Dear ${cast.first}, thank you for the detailed answers. I propose a call with operations and finance next week, and I will bring a rollout plan for all sites. Kind regards, Marcus`,
      `Hello ${cast.first}, Marcus here. A group like yours deserves a plan rather than a price list: you will have both by tomorrow.`,
    );
    pausesForDays(s, 1, 3);
    const price = s.customer(
      `The plan is good. Finance says that the setup fee has to go, otherwise they block it on principle.`,
      `Everybody liked the call. Our CFO did not like the total. You know how it is.`,
    );
    s.object('price', 'medium', price);
    s.deal({
      monthlyValueCents: cast.monthlyValueCents,
      setupFeeCents: 150_000,
      contractLength: 24,
      discountPercent: 0,
    });
    s.agent(
      `I can waive the setup if all sites start together. That also makes the rollout cheaper for us, so nobody loses.`,
      `If we sign for 24 months, the setup is on us and finance has its principle.`,
    );
    s.customer(`Finance smiled. I did not know they could.`, `That solves it, thank you.`);
    s.resolve('Setup fee waived for a joint start', { confidence: 0.88, notes: 'Margin stays above target' });
    s.deal({ setupFeeCents: 0, discountPercent: 5 });
    const legal = s.customer(
      `Now legal wants to see a contract in our own template. I am sorry.`,
      `Last hurdle: IT asks how you handle single sign-on and deletion of data.`,
    );
    s.object('trust', 'low', legal);
    s.agent(
      `No need to be sorry, I expected that. Our counsel looks at it this week.`,
      `Both are standard in the group plan. I am sending the paper that answers it line by line.`,
    );
    s.followUp(
      { fromNowMs: s.chance.pick([-2 * HOUR_MS, -30 * MINUTE_MS, 3 * HOUR_MS]) },
      {
        type: 'close_attempt',
        priority: 'high',
        context: 'Legal should be through: ask for the signature',
        cancelOn: ['stage_change', 'close'],
      },
    );
    s.details(['enterprise', cast.vertical.name], { sites: cast.sites, forecast: 0.7, joint_start: true });
  },
};

const longGame: Story = {
  name: 'the long game',
  ended: [DAY_MS, 6 * DAY_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    asksNeed(s, 0.75);
    s.customer(
      `To be clear, we are locked into our contract until spring. I am only looking around.`,
      `I am collecting information for next year's budget round, nothing more at this point.`,
    );
    s.agent(
      `That is the best time to look. I send you our comparison sheet now and one message before your notice period ends, deal?`,
      `Very sensible. Then let us agree on one date and otherwise I leave you alone.`,
    );
    s.customer(`Deal.`, `Sounds civilised. Agreed.`, `Fine. One message, not a hundred.`);
    s.agent(
      `Noted, one message and no more. Until then, all the best for ${s.cast.company}!`,
      `Agreed. The sheet is in your inbox, and the date is in my calendar.`,
    );
    s.move('follow_up', 'Bound by a contract until spring');
    s.transfer(SUPERVISOR, { reason: 'Nothing to do before the date', trigger: 'timeout', confidence: 0.7 });
    s.followUp(
      { localTime: '10:00', inDays: s.chance.between(12, 45) },
      { type: 'nurture', priority: 'low', context: 'Before the notice period ends', maxAttempts: 5 },
    );
    s.status('pause', 'Until the agreed date');
    s.details(['nurture']);
  },
};

const deadLine: Story = {
  name: 'an address that bounces',
  ended: [HOUR_MS, 3 * DAY_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    asksNeed(s, 0.65);
    s.customer(
      `Send me the details by mail, I read it tonight.`,
      `Can you mail me a summary? I am between two meetings.`,
    );
    s.agent(`With pleasure, it is on its way.`, `Done, look for the subject "${PRODUCT} in one page".`);
    s.followUp(
      { afterMs: 2 * HOUR_MS },
      { type: 'close_attempt', context: 'Did they read the summary?', maxAttempts: 2 },
    );
    s.wait(7 * HOUR_MS);
    s.failFollowUp('The mailbox is full');
    s.wait(7 * HOUR_MS);
    s.failFollowUp('The address does not exist');
    s.note('Mail bounces twice. Trying the channel they wrote on instead.', QUALIFIER);
    s.agent(
      `Hi ${s.cast.first}, my mail came back. Shall I paste the summary here?`,
      `Hello ${s.cast.first}, it seems your mailbox and I are not friends. Is there another address?`,
    );
  },
};

const rescued: Story = {
  name: 'rescued by the sales lead',
  ended: [2 * HOUR_MS, 4 * DAY_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    asksNeed(s);
    const said = s.customer(
      `I have answered three of your questions and still do not know what it costs. Is there a price or not?`,
      `Sorry, but I asked for a number. If you cannot give me one, tell me and I stop wasting your time.`,
    );
    s.object('trust', 'medium', said);
    s.takeover(PRIYA, 'The customer is losing patience');
    s.agent(
      `${s.cast.first}, Priya here, I lead the team. You are right, and here is the number: ${monthly(s)} a month for everything, no setup. If you want it, I can have you running next week.`,
      `You should have had it in the first message, ${s.cast.first}. ${monthly(s)} a month, all included. My apologies, Priya.`,
    );
    s.customer(
      `See, that was easy. And the number is fine, actually.`,
      `Thank you, Priya. That I can work with.`,
    );
    s.resolve('The sales lead named the price at once and apologised', { confidence: 0.92 });
    s.force('closing', 'The customer is ready to sign, the questions can wait', PRIYA);
    s.note('Moved to closing by hand. We ask for budget and timing when we send the paper.');
    s.deal({ monthlyValueCents: s.cast.monthlyValueCents });
    s.agent(
      `The agreement is in your inbox. Any question, straight to me.`,
      `Paper is out. I stay on this one personally.`,
    );
    s.followUp(
      { fromNowMs: s.chance.pick([-DAY_MS / 4, 5 * HOUR_MS, DAY_MS]) },
      { type: 'close_attempt', priority: 'high', context: 'Has the agreement been signed?' },
    );
  },
};

const onHold: Story = {
  name: 'on hold',
  ended: [4 * HOUR_MS, 5 * DAY_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    asksNeed(s, 0.9);
    asksBudget(s);
    asksAuthority(s);
    s.customer(
      `Please stop for a moment: we are being bought, and nobody here may sign anything until that is done.`,
      `We have a cease-and-desist on new suppliers while the auditors are in the house. I will write as soon as they are gone.`,
      `Bad news, not about you: our IT is moving everything, and until then there is a freeze on new tools.`,
    );
    s.agent(
      `Understood, I put us on hold. Nothing gets lost: when you write, we go on with the timing.`,
      `No problem at all. I keep everything as it is, and you pick the moment.`,
    );
    s.note('On hold at their request, no date. They write first, so no follow-up.');
    s.details(['on-hold', s.cast.vertical.name]);
    s.status('pause', 'A freeze at the customer, no date yet');
  },
};

const askedForDana: Story = {
  name: 'waiting for one person',
  ended: [5 * MINUTE_MS, 90 * MINUTE_MS],
  tell: (s) => {
    greets(s, opensWithPain(s));
    const answers = qualifies(s);
    goesToCloser(s, answers);
    offers(s);
    const said = s.customer(
      `I talked to a Dana of yours at the trade fair and she promised me a look at the rollout. Could she finish this with me?`,
      `The offer is fine. But I do this with Dana Whitfield or not at all, she helped my sister's company.`,
    );
    s.agent(
      `Of course. I am asking Dana now, with everything we have agreed.`,
      `She will like to hear that. I have passed it on to her.`,
    );
    s.request(DANA, {
      reason: 'Asks for Dana by name',
      trigger: 'user_intent',
      confidence: 0.95,
      expires: { fromNowMs: s.chance.pick([2 * HOUR_MS, 6 * HOUR_MS, 20 * HOUR_MS]) },
      brief: {
        goal: `Sign with ${s.cast.company}`,
        done: ['Qualified', 'Offer is out and fits'],
        open: ['Rollout, site by site'],
        facts: [
          [`Budget of ${formatDollars(s.cast.budgetDollars * 100)} a month`, answers.budget],
          ['Wants Dana', said],
        ],
        nextStep: 'Send two dates for a call',
      },
    });
    s.customer(
      `Great, tell her it is about the ${s.cast.vertical.desk}, she will know.`,
      `Thanks. I am at my desk until six.`,
      `Perfect. No hurry, today would be nice though.`,
    );
  },
};

/** Every story, the lively ones first: few conversations show much. */
export const STORIES: readonly [Story, ...Story[]] = [
  securityCheck,
  quickWin,
  freshLead,
  waitingForDesk,
  askedForDana,
  priceTalk,
  bigDeal,
  readyForOffer,
  notNow,
  halfWay,
  cardInChat,
  needsApproval,
  lostToRival,
  onboardingCheck,
  cameBack,
  goneQuiet,
  rescued,
  missingFeature,
  longGame,
  noBudget,
  deadLine,
  onHold,
];
