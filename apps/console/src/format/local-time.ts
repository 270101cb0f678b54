/** As `datetime-local` inputs take it, in the viewer's zone: `2026-03-29T09:30`. */
export function toLocalTime(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

function atNine(now: Date, days: number): string {
  return toLocalTime(new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9));
}

/** At nine, in the viewer's zone. */
export function tomorrowMorning(now: Date): string {
  return atNine(now, 1);
}

/** Common choices, in the viewer's zone. */
export function suggestedTimes(now: Date): readonly { label: string; localTime: string }[] {
  const toMonday = (8 - now.getDay()) % 7 || 7;
  return [
    { label: 'In an hour', localTime: toLocalTime(new Date(now.getTime() + 3_600_000)) },
    { label: 'Tomorrow, 9:00', localTime: tomorrowMorning(now) },
    { label: 'In three days, 9:00', localTime: atNine(now, 3) },
    { label: 'Monday, 9:00', localTime: atNine(now, toMonday) },
  ];
}
