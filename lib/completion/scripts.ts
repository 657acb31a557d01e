/** Shells that there is a script for. */
export const shells = ["bash", "fish", "zsh"] as const;

/**
 * What a shell loads to complete command lines of kerek: each script hands the words to
 * `kerek __complete` and shows what comes back. What is typed is only ever data: nothing is
 * evaluated, so that TAB does not run a `$(…)` on the line.
 */
export const scripts: Record<typeof shells[number], string> = {
  bash: `# Completion of kerek for bash. Load it by: source <(kerek completions bash)
_kerek() {
  local rest=\${COMP_LINE:0:COMP_POINT} words=() count=0 word blanks i
  # Bash splits at = and : as well; what has no blank in front belongs to the word before.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    blanks=\${rest%%[![:blank:]]*}
    rest=\${rest#"$blanks"}
    if ((i == COMP_CWORD)); then word=$rest; else word=\${COMP_WORDS[i]}; fi
    rest=\${rest#"$word"}
    if ((count == 0)) || [[ -n $blanks ]]; then
      words[count]=$word
      ((count++))
    else
      words[count - 1]+=$word
    fi
  done
  for ((i = 0; i < count; i++)); do
    word=\${words[i]//[\\"\\'\\\\]/}
    [[ $word != '~/'* ]] || word=$HOME\${word:1}
    words[i]=$word
  done

  local line values=() shown=() directive=:4
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directive=$line
    else
      values+=("\${line%%$'\\t'*}")
      shown+=("\${line/$'\\t'/  -- }")
    fi
  done < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null </dev/null)

  # What bash has split off is not to be typed again.
  local last=\${words[count - 1]}
  local split=\${last%"\${last##*[=:]}"}
  [[ $last == -*=* || $last == *:* ]] || split=
  [[ $last != -*=* ]] || split=\${split#"\${last%%=*}="}
  if ((COMP_TYPE == 63 && \${#values[@]} > 1)); then
    COMPREPLY=("\${shown[@]#"$split"}")
  else
    COMPREPLY=("\${values[@]#"$split"}")
  fi
  if ((\${#values[@]} > 0)) || [[ $directive == :4 ]]; then
    compopt +o default 2>/dev/null
  elif [[ $directive == :16 ]]; then
    compopt +o default -o dirnames 2>/dev/null
  fi
}
complete -o default -o nosort -F _kerek kerek 2>/dev/null || complete -o default -F _kerek kerek
`,
  fish: `# Completion of kerek for fish. Load it by: kerek completions fish | source
function __kerek_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l last (string unescape -- (commandline --cut-at-cursor --current-token))
    set -l program (string replace --regex -- '^~/' "$HOME/" $words[1])
    set --erase words[1]
    # Of --option=value, the value is completed, and the whole is shown.
    set -l option (string match --regex -- '^--[^=]+=' "$last")
    set -l directive :4
    for line in ($program __complete $words "$last" 2>/dev/null </dev/null)
        if string match --quiet -- ':*' $line
            set directive $line
        else
            echo "$option$line"
        end
    end
    set -l path (string replace -- "$option" '' "$last")
    switch $directive
        case :0
            __fish_complete_path "$path" | string replace --regex -- '^' "$option"
        case :16
            __fish_complete_directories "$path" | string replace --regex -- '^' "$option"
    end
end
complete --command kerek --no-files --keep-order --arguments '(__kerek_complete)'
`,
  zsh: `#compdef kerek
# Completion of kerek for zsh: put it as _kerek into a folder of fpath, or source it after compinit.
_kerek() {
  local tab=$'\\t' line value directive=:4
  local -a given found
  given=("\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}")
  for line in "\${(@f)$("\${words[1]/#\\~\\//$HOME/}" __complete "\${given[@]}" 2>/dev/null </dev/null)}"; do
    case $line in
      :*) directive=$line ;;
      ?*)
        # What comes behind the first colon is a description to _describe.
        value=\${\${line%%$tab*}//:/\\\\:}
        [[ $line == *$tab* ]] && value+=:\${line#*$tab}
        found+=("$value")
        ;;
    esac
  done
  # Of --option=value, only the value is completed.
  [[ $PREFIX == --*=* ]] && compset -P 1 '*='
  (( $#found )) && _describe -V kerek found
  case $directive in
    :0) _files ;;
    :16) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _kerek ]]; then _kerek "$@"; else compdef _kerek kerek; fi
`,
};
