const WORDS =
  `thanks could you tell me more about the monthly price and whether it includes automation for our
instagram messages because my partner wants to compare it with what we use today before we decide`.split(
    /\s+/,
  );

/** How long the message of a chat is here, in words. */
const LENGTH = 20;

/** Words of a chat in an order of their own for each number: mongod's text index has each of them to keep. */
export function messageText(number: number): string {
  const words = Array.from({ length: LENGTH }, (_, index) => WORDS[(number * 7 + index * 11) % WORDS.length]);
  return words.join(' ');
}
