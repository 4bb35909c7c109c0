;;; enet-mode.el --- Major mode for enet, with its language server  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "26.3"))
;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Colours, comments and indentation for .enet files, and the language server
;; `enetc lsp' through Eglot:
;;
;;   (add-to-list 'load-path "/path/to/editors/emacs")
;;   (require 'enet-mode)
;;   (add-hook 'enet-mode-hook #'eglot-ensure)
;;
;; Eglot is part of Emacs from 29 on; for older ones it is on GNU ELPA.

;;; Code:

(defgroup enet nil
  "Families of convolutional networks."
  :group 'languages)

(defcustom enet-server-command '("enetc" "lsp")
  "The command line of the language server."
  :type '(repeat string))

(defvar enet-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?| "." table)
    table)
  "Comments, strings and names of enet.")

(defconst enet-keywords
  '("import" "from" "block" "model" "weights" "param" "convention" "input" "maximize" "scaling" "variants" "table"
    "return" "auxiliary" "require" "share" "if" "else" "for" "in" "and" "or" "not")
  "The words of the language.")

(defvar enet-font-lock-keywords
  `((,(regexp-opt enet-keywords 'symbols) . font-lock-keyword-face)
    (,(regexp-opt '("true" "false") 'symbols) . font-lock-constant-face)
    ("\\_<\\(?:block\\|model\\)\\s-+\\(\\(?:\\sw\\|\\s_\\)+\\)" 1 font-lock-type-face)
    ("\\_<param\\s-+\\(\\(?:\\sw\\|\\s_\\)+\\)" 1 font-lock-variable-name-face))
  "What is coloured besides comments and strings.")

(defun enet-indent-line ()
  "Indent by two spaces for each bracket that is open."
  (interactive)
  (let* ((open (save-excursion (car (syntax-ppss (line-beginning-position)))))
         (closes (save-excursion (back-to-indentation) (looking-at-p "[])}]")))
         (column (* 2 (max 0 (if closes (1- open) open)))))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

;;;###autoload
(define-derived-mode enet-mode prog-mode "enet"
  "A mode for specs of families of convolutional networks."
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "//+\\s-*")
  (setq-local comment-end "")
  (setq-local indent-line-function #'enet-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local font-lock-defaults '(enet-font-lock-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.enet\\'" . enet-mode))

(defun enet--server-command (&optional _interactive)
  "The command line of the language server, as Eglot asks for it.
Emacs visits nothing but files: the library too is shown from where it is."
  (append enet-server-command '(:initializationOptions (:libraryFiles t))))

(with-eval-after-load 'eglot
  (defvar eglot-server-programs)
  (add-to-list 'eglot-server-programs '(enet-mode . enet--server-command)))

(declare-function eglot-current-server "eglot")
(declare-function eglot-execute-command "eglot")
(declare-function jsonrpc-request "jsonrpc")

(defun enet-select-scaling (point)
  "Show hints and hovers at POINT of the family.
That is a phi such as 2.5, a variant such as b3, or nothing for the default."
  (interactive "sphi or variant (empty: the default): ")
  (let ((server (or (eglot-current-server) (user-error "No language server runs here"))))
    (jsonrpc-request server :workspace/executeCommand
                     (list :command "enet.selectScaling"
                           :arguments (vector (if (string= point "") "default" point))))))

(provide 'enet-mode)
;;; enet-mode.el ends here
