// Whether someone came back to this list: by Back, by a reload, or by the link of a page that answers
// its form, which has its address.

const [{type} = {}] = performance.getEntriesByType('navigation');
export const hasComeBack = type === 'back_forward' || type === 'reload' || document.referrer === location.href.split('#', 1)[0];
