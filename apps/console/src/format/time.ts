const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const exactFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});
const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockWithSecondsFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayWithYearFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const weekdayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const relativeFormat = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export const VIEWER_TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `Mon 3 Mar 2026, 14:02:11 CET`, in the viewer's zone. */
export function exactTime(at: string): string {
  return exactFormat.format(new Date(at));
}

/** `14:02` */
export function clockTime(at: string | number): string {
  return clockFormat.format(new Date(at));
}

/** `14:02:11` */
export function clockTimeWithSeconds(at: string | number): string {
  return clockWithSecondsFormat.format(new Date(at));
}

/** `Monday 3 March` */
export function longDayName(at: string): string {
  return weekdayFormat.format(new Date(at));
}

export function isSameDay(a: string | number, b: string | number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

function calendarDay(at: string, now: number): string {
  const date = new Date(at);
  const isThisYear = date.getFullYear() === new Date(now).getFullYear();
  return (isThisYear ? dayFormat : dayWithYearFormat).format(date);
}

/** Relative up to a week either way, then the day itself. `now` in milliseconds since 1970. */
export function relativeTime(at: string, now: number, form: 'long' | 'short' = 'long'): string {
  const distance = Date.parse(at) - now;
  const size = Math.abs(distance);
  if (size >= 7 * DAY) return calendarDay(at, now);
  const sign = distance < 0 ? -1 : 1;
  const [count, unit] =
    size < MINUTE
      ? ([0, 'minute'] as const)
      : size < HOUR
        ? ([Math.floor(size / MINUTE), 'minute'] as const)
        : size < DAY
          ? ([Math.floor(size / HOUR), 'hour'] as const)
          : ([Math.floor(size / DAY), 'day'] as const);
  if (form === 'short') {
    if (count === 0) return 'now';
    return `${sign > 0 ? 'in ' : ''}${count}${unit.charAt(0)}`;
  }
  return count === 0 ? 'just now' : relativeFormat.format(sign * count, unit);
}

/** Milliseconds in the two largest units: `2 h 5 min`, `45 s`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** For a duration that still grows: in minutes, so that it does not flicker. */
export function formatElapsed(ms: number): string {
  return ms < MINUTE ? 'under a minute' : formatDuration(ms);
}

/** The largest unit in words: `3 days`, `1 hour`. */
export function durationInWords(ms: number): string {
  if (ms < MINUTE) return 'less than a minute';
  const [count, unit] =
    ms < HOUR
      ? [Math.floor(ms / MINUTE), 'minute']
      : ms < DAY
        ? [Math.floor(ms / HOUR), 'hour']
        : [Math.floor(ms / DAY), 'day'];
  return `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`;
}
