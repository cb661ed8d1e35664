(defun arch--any (list)
  "A pattern of any word of LIST, whole."
  (regexp-opt (alist-get list arch-words) 'symbols))

(defun arch--find (pattern unless limit)
  "Search for PATTERN up to LIMIT, where UNLESS does not follow."
  (let (found)
    (while (and (not found) (re-search-forward pattern limit t))
      (setq found (not (save-match-data (looking-at unless)))))
    found))

(defun arch--word (list)
  "A matcher of the words of LIST that name no argument, step or attribute."
  (let ((pattern (arch--any list)))
    (lambda (limit)
      (let (found)
        (while (and (not found) (arch--find pattern "[ \t]*=\\(?:[^=]\\|$\\)" limit))
          (setq found (not (eq (char-before (match-beginning 0)) ?.))))
        found))))

(defun arch--statement (limit)
  "A word that opens a statement, up to LIMIT."
  (arch--find (concat "^[ \t]*" (arch--any 'statement))
              "{\\|[ \t]*\\(?:=\\|->\\|[]:,.[*(#]\\|if\\_>\\|$\\)" limit))

(defvar arch-colours
  `(("^archdsl\\_>" . font-lock-keyword-face)
    (,(concat "^[ \t]*" (arch--any 'called) "[ \t]*(") 1 font-lock-keyword-face)
    (arch--statement 1 font-lock-keyword-face)
    (,(concat "^[ \t]*" (arch--any 'declaration) "[ \t]+\\([A-Za-z_][A-Za-z0-9_]*\\)")
     2 font-lock-type-face)
    ("^from[ \t].*?\\_<\\(import\\)\\_>" 1 font-lock-keyword-face)
    ("^from[ \t].*?\\_<import\\_>"
     ("\\_<as\\_>" nil nil (0 font-lock-keyword-face)))
    (,(concat ":[ \t]*" (arch--any 'type)) 1 font-lock-type-face)
    ("\\_<[0-9]+\\(?:x[0-9]+\\)+\\_>" . font-lock-constant-face)
    ("\\_<[0-9][0-9_]*\\(?:\\.[0-9]+\\)?\\(?:[eE][+-]?[0-9]+\\|[KMGT]\\)?\\_>" . font-lock-constant-face)
    (,(arch--any 'keyword) . font-lock-keyword-face)
    (,(arch--any 'constant) . font-lock-constant-face)
    (,(arch--word 'op) 0 font-lock-function-name-face)
    (,(arch--word 'block) 0 font-lock-type-face)
    (,(arch--word 'function) 0 font-lock-builtin-face))
  "Font lock of `arch-mode'; of several patterns for one place the first counts.")
