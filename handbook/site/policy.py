"""The Content-Security-Policy of every page: files of this site and its inline scripts."""

import base64
import hashlib
import re

START = '<meta charset="utf-8">'
META = '<meta http-equiv="Content-Security-Policy" content="{}">'
INLINE = re.compile(r"<(?P<tag>script|style)(?P<attributes>[^>]*)>(?P<text>.*?)</(?P=tag)>", re.S)
OWN = {  # the styles of the theme hold icons as data: URLs
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}


def protected(page: str) -> str:
    """Return a page with its policy, which lists its inline scripts and styles by hash.

    Examples:
        >>> page = protected('<meta charset="utf-8"><script>let a</script>')
        >>> re.findall("script-src [^;]*", page)
        ["script-src 'self' 'sha256-IfEXP/8HLuXoAiy0hZVrCAcjcLsZqYFpLOHDGj8enqE='"]
        >>> protected(page) == page
        True
    """
    page = re.sub(META.format("[^>]*"), "", page)
    allowed = {"script": "'self'", "style": "'self'"}
    for match in INLINE.finditer(page):
        if "src=" not in match["attributes"] and "json" not in match["attributes"]:
            digest = hashlib.sha256(match["text"].encode()).digest()
            source = f" 'sha256-{base64.b64encode(digest).decode()}'"
            if source not in allowed[match["tag"]]:
                allowed[match["tag"]] += source
    rules = {"default-src": "'none'", **{f"{k}-src": v for k, v in allowed.items()}, **OWN}
    policy = "; ".join(f"{name} {sources}" for name, sources in rules.items())
    return page.replace(START, START + META.format(policy), 1)
