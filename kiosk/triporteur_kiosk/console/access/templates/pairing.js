const end = location.hash.slice(1);
if (end) {
  history.replaceState(null, "", location.pathname);
  document.getElementById("code").value = end;
  document.querySelector(".typed").hidden = true;
  document.querySelector(".read").hidden = false;
}
