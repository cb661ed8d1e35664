// A line on which some pieces grow and free ones vanish: where a place on it is then.
//
// Every piece keeps its length or grows, unless nothing stands there. So what stood apart stands
// apart, and whatever keeps its size around its middle stays within the room it had.

// `grown`: [from, to, length] of what takes more room; `free`: [from, to] where room is given back,
// but for what is `kept`: [from, to].
function axis(grown, free, kept) {
  const larger = grown.filter(([from, to, length]) => length > to - from);
  if (!larger.length && !free.length) return (place) => place;
  const ends = new Set([...larger, ...free, ...kept].flatMap(([from, to]) => [from, to]));
  const marks = [...ends].sort((a, b) => a - b);
  const places = [marks[0]];
  for (let at = 1; at < marks.length; at++) {
    const [from, to] = [marks[at - 1], marks[at]];
    places.push(places[at - 1] + (to - from) * stretch(from, to, larger, free, kept));
  }
  return (place) => moved(place, marks, places);
}

function stretch(from, to, larger, free, kept) {
  const covers = ([first, last]) => first <= from && to <= last;
  const times = larger.filter(covers).map(([first, last, length]) => length / (last - first));
  if (times.length) return Math.max(...times);
  return free.some(covers) && !kept.some(covers) ? 0 : 1;
}

function moved(place, marks, places) {
  const last = marks.length - 1;
  if (place <= marks[0]) return place;
  if (place >= marks[last]) return place + places[last] - marks[last];
  let at = 1;
  while (marks[at] < place) at += 1;
  const part = (place - marks[at - 1]) / (marks[at] - marks[at - 1]);
  return places[at - 1] + part * (places[at] - places[at - 1]);
}
