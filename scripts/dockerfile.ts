/** One instruction of a Dockerfile. */
export interface Instruction {
  keyword: string;
  /** `--from=build` is `from: 'build'`. */
  flags: Record<string, string>;
  /** What follows the flags: the words of a list, or a line of text. */
  words: string[] | null;
  text: string;
}

export interface Stage {
  name: string;
  instructions: Instruction[];
}

/** Reads the Dockerfile of this repository: instructions of one line, with `ARG`s before the first stage. */
export function readDockerfile(source: string): Stage[] {
  const stages: Stage[] = [];
  const values = new Map<string, string>();
  for (const line of source.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const filled = line.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = values.get(name);
      if (value === undefined) throw new Error(`${name} has no value: ${line}`);
      return value;
    });
    const instruction = readInstruction(filled);
    const { keyword, text } = instruction;
    if (keyword === 'ARG') {
      const [name = '', value = ''] = text.split('=');
      values.set(name, value);
    } else if (keyword === 'FROM') {
      const [, name = 'runtime'] = text.split(' AS ');
      stages.push({ name, instructions: [instruction] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`Before the first stage: ${line}`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

function readInstruction(line: string): Instruction {
  const [keyword = '', ...rest] = line.split(' ');
  const flags: Record<string, string> = {};
  while (rest[0]?.startsWith('--') === true) {
    const [name = '', value = ''] = (rest.shift() ?? '').slice(2).split('=');
    flags[name] = value;
  }
  const text = rest.join(' ');
  const list = /\[.*\]$/.exec(text)?.[0];
  const words: string[] | null = list === undefined ? null : JSON.parse(list);
  return { keyword, flags, words, text };
}

/** The last of a stage's instructions of a kind. */
export function lastOf(stage: Stage, keyword: string): Instruction | undefined {
  return stage.instructions.findLast((instruction) => instruction.keyword === keyword);
}
