// A skip link takes the focus along. Firefox leaves it on the link where what that leads to takes none,
// and the next Tab goes to the next link.

for (const link of document.querySelectorAll('a.skip')) {
  link.addEventListener('click', () => {
    const target = document.querySelector(link.hash);
    if (!target || target.hasAttribute('tabindex')) return;
    target.tabIndex = -1;
    target.addEventListener('blur', () => target.removeAttribute('tabindex'), {once: true});
    target.focus({preventScroll: true});
  });
}
