// Times in the reader's zone. A cookie tells the server which it is; what was drawn before the server
// knew, or before midnight, is rewritten here, in the words of app/web/filters.py.

const NAMED_DAYS = 7; // today, yesterday, and the days before by their names
const YEAR = 365 * 24 * 60 * 60;

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const format = Intl.DateTimeFormat('en-US', {
  timeZone: zone,
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  weekday: 'long',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const monthOf = Intl.DateTimeFormat('en-US', {timeZone: zone, month: 'numeric'});

const FORMS = {
  moment: (at, near) => `${near ?? `${at.day} ${at.month} ${at.year},`} ${clock(at)}`,
  day: (at, near) => near ?? `${at.day} ${at.month.slice(0, 3)} ${at.year}`,
  clock,
};

function write(root) {
  for (const time of root.querySelectorAll('time[data-form]')) {
    const at = partsOf(new Date(time.dateTime));
    time.textContent = FORMS[time.dataset.form](at, nameOf(at));
    time.title = `${at.day} ${at.month} ${at.year}, ${clock(at)}, ${zone}`;
  }
}

function clock({hour, minute}) {
  return `${hour}:${minute}`;
}

// The names of days near today, as the server has them.
function nameOf(at) {
  const days = partsOf(new Date()).date - at.date;
  const near = {'-1': 'tomorrow', 0: 'today', 1: 'yesterday'}[days];
  return near ?? (days > 1 && days < NAMED_DAYS ? at.weekday : undefined);
}

// What a clock on the wall there says; `date` counts days.
function partsOf(moment) {
  const parts = Object.fromEntries(format.formatToParts(moment).map(({type, value}) => [type, value]));
  const date = Date.UTC(Number(parts.year), Number(monthOf.format(moment)) - 1, Number(parts.day)) / 86_400_000;
  return {...parts, date};
}

const kept = () => document.cookie.split('; ').includes(`zone=${zone}`);

function tell() {
  if (!zone || kept()) return;
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `zone=${zone}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  // Where the server puts what happened under days, it does so again by those of the reader.
  if (kept() && document.querySelector('.day')) location.reload();
  else write(document);
}

let day = partsOf(new Date()).date;

document.addEventListener('visibilitychange', () => {
  const today = partsOf(new Date()).date;
  if (document.hidden || today === day) return;
  day = today;
  write(document);
});

tell();
