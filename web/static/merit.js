/* What Merit's pages gain where scripts run; nothing needs them. Each part is asked for in the page by a data attribute:
 *
 *   <form data-drop>              files dropped on it, or pasted into the page, go into its file field
 *   <p data-chosen>               inside such a form: names of the chosen files; its data-none stands there when there are none
 *   <button hidden data-copy=ID>  copies the value or text of #ID, and says its data-copied for a moment
 *   <button hidden data-print>    prints the page
 *   <form data-once>              is sent once, however often its button is pressed
 *   <section data-progress-url=URL>  asks URL every half second for {"done", "total", "text", "finished"}: moves the <progress>, writes the text into
 *                                 [data-progress-text], and loads the page anew when it is finished
 *   <form data-autosave>          is saved while it is written: sent a moment after each change; what the answer says stands in its [data-autosaved]. What could not be
 *                                 saved is kept in this tab, and put back when the page is loaded again
 *   <input data-search=URL data-into=NAME>  searches while somebody types; what was found becomes choices in [data-found=NAME]
 *
 *   <form hidden data-passkey=get|create data-challenge data-rp ...>  is shown where passkeys are known, asks the browser for one when it is sent, and fills its hidden
 *                                 fields id, client_data, auth_data, signature; [data-passkey-failed] inside is shown when that came to nothing;
 *                                 [data-passkey-none] of the page is shown where they are not known
 *
 * The server answers each form alike without any of this. */
"use strict";
(() => {
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  /* ---- files: dropped, pasted, chosen ---- */
  const show = (form, field) => {
    const place = form.querySelector("[data-chosen]");
    if (!place) return;
    const names = Array.from(field.files, (file) => file.name);
    place.textContent = names.length ? names.join(", ") : place.dataset.none || "";
  };
  const take = (form, field, files) => {
    if (!files || !files.length) return;
    const kept = new DataTransfer();
    const most = field.multiple ? files.length : 1;
    for (let i = 0; i < most; i++) kept.items.add(files[i]);
    field.files = kept.files;
    show(form, field);
    const send = form.querySelector("button:not([type=button])");
    if (send) send.focus();
  };
  each("form[data-drop]", (form) => {
    const field = form.querySelector("input[type=file]");
    const zone = form.querySelector(".drop") || form;
    if (!field) return;
    field.addEventListener("change", () => show(form, field));
    let depth = 0;
    form.addEventListener("dragenter", (event) => { event.preventDefault(); depth++; zone.classList.add("over"); });
    form.addEventListener("dragleave", () => { if (--depth <= 0) { depth = 0; zone.classList.remove("over"); } });
    form.addEventListener("dragover", (event) => event.preventDefault());
    form.addEventListener("drop", (event) => {
      depth = 0;
      zone.classList.remove("over");
      if (!event.dataTransfer.files.length) return; /* text dropped into a field is the browser's to handle */
      event.preventDefault();
      take(form, field, event.dataTransfer.files);
    });
    document.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      take(form, field, event.clipboardData.files);
    });
    show(form, field);
  });

  /* ---- copy, print, once ---- */
  each("[data-copy]", (button) => {
    const source = document.getElementById(button.dataset.copy);
    if (!source || !navigator.clipboard) return;
    const said = button.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(source.value === undefined ? source.textContent.trim() : source.value).then(() => {
        button.textContent = button.dataset.copied || said;
        setTimeout(() => { button.textContent = said; }, 2500);
      }, () => { if (source.select) source.select(); });
    });
  });
  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  each("form[data-once]", (form) => {
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
    });
    window.addEventListener("pageshow", () => { sent = false; });
  });

  /* ---- passkeys ---- */
  const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const passkeys = {
    get: (form) => navigator.credentials.get({ publicKey: {
      challenge: octets(form.dataset.challenge), rpId: form.dataset.rp, userVerification: "required", allowCredentials: [],
    } }),
    create: (form) => navigator.credentials.create({ publicKey: {
      challenge: octets(form.dataset.challenge), rp: { id: form.dataset.rp, name: "Merit" },
      user: { id: octets(form.dataset.user), name: form.dataset.name, displayName: form.dataset.display },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -8 }, { type: "public-key", alg: -257 }],
      authenticatorSelection: { residentKey: "required", userVerification: "required" }, attestation: "none",
    } }),
  };
  const known = window.PublicKeyCredential && navigator.credentials;
  each("[data-passkey-none]", (note) => { note.hidden = Boolean(known); });
  each("form[data-passkey]", (form) => {
    if (!known) return;
    form.hidden = false;
    let filled = false;
    const failed = form.querySelector("[data-passkey-failed]");
    form.addEventListener("submit", (event) => {
      if (filled) return;
      event.preventDefault();
      failed.hidden = true;
      passkeys[form.dataset.passkey](form).then((key) => {
        const said = key.response;
        form.elements.namedItem("id").value = text(key.rawId);
        form.elements.namedItem("client_data").value = text(said.clientDataJSON);
        form.elements.namedItem("auth_data").value = text(said.authenticatorData || said.getAuthenticatorData());
        form.elements.namedItem("signature").value = said.signature ? text(said.signature) : "";
        filled = true;
        form.submit();
      }).catch(() => { failed.hidden = false; });
    });
  });

  /* ---- progress of work that runs on the server ---- */
  each("[data-progress-url]", (section) => {
    const meter = section.querySelector("progress");
    const words = section.querySelector("[data-progress-text]");
    let failures = 0;
    const ask = () => {
      fetch(section.dataset.progressUrl, { credentials: "same-origin", headers: { Accept: "application/json" } })
        .then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
        .then((now) => {
          failures = 0;
          if (meter) { meter.max = Math.max(1, now.total); meter.value = now.done; }
          if (words && words.textContent !== now.text) words.textContent = now.text;
          if (now.finished) location.reload();
          else setTimeout(ask, 500);
        })
        .catch(() => { if (++failures < 30) setTimeout(ask, 1000 * Math.min(failures, 10)); });
    };
    setTimeout(ask, 250);
  });

  /* ---- forms that save themselves ---- */
  each("form[data-autosave]", (form) => {
    const words = form.querySelector("[data-autosaved]");
    const key = "merit:" + location.pathname;
    if (!words) return; /* it is closed */
    let timer = 0, sending = false, again = false, dirty = false;
    const say = (text) => { if (words.textContent !== text) words.textContent = text; };
    const body = (op) => {
      const data = new URLSearchParams();
      new FormData(form).forEach((value, name) => { if (name !== "op" && !name.startsWith("search.")) data.append(name, value); });
      data.append("op", op);
      return data;
    };
    const keep = () => { try { sessionStorage.setItem(key, body("save").toString()); } catch (error) { /* no room: the page itself still has it */ } };
    const forget = () => { try { sessionStorage.removeItem(key); } catch (error) { /* nothing was kept */ } };
    const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };
    const trouble = (text, retry) => { say(text); keep(); if (retry) later(15000); };
    const take = (answer) => {
      for (const [member, mark] of Object.entries(answer.marks)) {
        const field = form.elements.namedItem("base." + member);
        if (field) field.value = mark;
      }
      say(answer.saved);
      if (!again) { dirty = false; forget(); }
    };
    function save() {
      if (sending) { again = true; return; }
      sending = true;
      again = false;
      fetch(form.action, { method: "POST", credentials: "same-origin", redirect: "error", headers: { Accept: "application/json" }, body: body("save") })
        .then((answer) => {
          if (answer.ok) return answer.json().then(take);
          if (answer.status === 409) return trouble(form.dataset.met, false);
          if (answer.status === 401 || answer.status === 403) return trouble(form.dataset.signedOut, false);
          return trouble(form.dataset.unsaved, answer.status >= 500);
        })
        .catch(() => trouble(form.dataset.unsaved, true))
        .finally(() => { sending = false; if (again) later(200); });
    }
    form.addEventListener("input", (event) => {
      if (event.target.dataset.search !== undefined) return;
      dirty = true;
      again = sending;
      later(1500);
    });
    form.addEventListener("submit", () => { clearTimeout(timer); if (dirty) keep(); dirty = false; });
    window.addEventListener("beforeunload", (event) => { if (dirty) { keep(); event.preventDefault(); } });
    let kept = null;
    try { kept = sessionStorage.getItem(key); } catch (error) { kept = null; }
    if (!kept) return;
    forget();
    let restored = false;
    if (!document.querySelector("[role=alert]") && !location.search.includes("saved="))
      new URLSearchParams(kept).forEach((value, name) => {
        const field = form.elements.namedItem(name);
        if (!field || !("value" in field) || field.type === "hidden" || field.type === "checkbox" || field.type === "submit" || field.value === value) return;
        field.value = value;
        restored = true;
      });
    if (restored) { dirty = true; keep(); say(form.dataset.restored); }
  });

  /* ---- vocabularies: found while somebody types ---- */
  each("input[data-search]", (field) => {
    const into = document.querySelector(`[data-found="${field.dataset.into}"]`);
    const said = document.getElementById(field.dataset.into + ".said");
    let timer = 0, asked = 0;
    const show = (answer, number) => {
      if (number !== asked) return;
      into.querySelectorAll("label[data-new]").forEach((label) => { if (!label.querySelector("input").checked) label.remove(); });
      const one = into.dataset.one !== undefined;
      for (const concept of answer.found) {
        const name = one ? field.dataset.into : `${field.dataset.into}.${concept.code}`;
        const value = one ? concept.code : "1";
        if (Array.from(into.querySelectorAll("input")).some((there) => there.name === name && there.value === value)) continue;
        const label = document.createElement("label"), tick = document.createElement("input"), text = document.createElement("span");
        label.className = "choice";
        label.dataset.new = "";
        tick.type = one ? "radio" : "checkbox";
        tick.name = name;
        tick.value = value;
        text.textContent = `${concept.label} (${concept.code})`;
        label.append(tick, text);
        into.append(label);
      }
      said.textContent = answer.said;
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      const number = ++asked, typed = field.value.trim();
      if (typed.length < 2) return;
      timer = setTimeout(() => {
        fetch(`${field.dataset.search}?q=${encodeURIComponent(typed)}`, { credentials: "same-origin", headers: { Accept: "application/json" } })
          .then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
          .then((answer) => show(answer, number))
          .catch(() => { /* the button searches, too */ });
      }, 250);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      field.parentElement.querySelector("button").click();
    });
  });
})();
