"""Placeholder while the room is being written."""
import keyword
def refusal(name): return "taken" if keyword.iskeyword(name) or name in ("type","forward","train","half","float","double","children","modules") else None
def suggestion(name): return name + "_"
def class_name(name): return "".join(p[:1].upper()+p[1:] for p in name.split("_"))
