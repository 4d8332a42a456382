package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a template's pieces for the library. */
final class TemplateCompiler {

  private static final int MAX_DEPTH = 30;
  private static final int MAX_PIECES = 20_000;
  private static final ImmutableSet<String> CONSTANTS =
      ImmutableSet.of("true", "True", "false", "False", "none", "None");

  private final Origin origin;
  private final Set<String> macros;
  private final Constants constants = new Constants();
  private final TagWriter tags = new TagWriter();
  private final Deque<Block> open = new ArrayDeque<>();
  private final Map<Block, Loop> loops = new HashMap<>();

  private TemplateCompiler(Origin origin, Set<String> macros) {
    this.origin = origin;
    this.macros = macros;
  }

  /**
   * Compiles a template.
   *
   * @param origin for messages
   * @param template Jinja
   * @return what the library can be given
   * @throws IllegalArgumentException if it is malformed or uses what is not supported
   */
  static CompiledTemplate compile(Origin origin, String template) {
    ImmutableList<Piece> pieces = PieceScanner.scan(origin, template);
    if (pieces.size() > MAX_PIECES) {
      throw origin.refuse(
          pieces.get(MAX_PIECES).line(), "a template must have at most " + MAX_PIECES + " parts");
    }
    TemplateCompiler compiler = new TemplateCompiler(origin, macros(pieces));
    pieces.forEach(compiler::piece);
    return compiler.end();
  }

  /** A macro may be called above where it stands. */
  private static ImmutableSet<String> macros(List<Piece> pieces) {
    return pieces.stream()
        .filter(piece -> piece instanceof Piece.Statement)
        .map(piece -> ((Piece.Statement) piece).tokens())
        .filter(tokens -> tokens.size() > 2 && tokens.get(0).isName("macro"))
        .map(tokens -> tokens.get(1).text())
        .collect(ImmutableSet.toImmutableSet());
  }

  private CompiledTemplate end() {
    if (!open.isEmpty()) {
      Block block = open.element();
      throw origin.refuse(block.line(), "the " + block.keyword() + " that begins here must end");
    }
    return tags.compiled(constants.bindings());
  }

  private void piece(Piece piece) {
    if (piece instanceof Piece.Literal literal) {
      tags.print(piece.line(), constants.of(literal.text()));
    } else if (piece instanceof Piece.Print print) {
      tags.print(piece.line(), expression(new Tokens(origin, print.tokens())));
    } else if (piece instanceof Piece.Statement statement) {
      statement(new Tokens(origin, statement.tokens()), piece.line());
    }
  }

  private void statement(Tokens tokens, int line) {
    Token keyword = tokens.next();
    switch (keyword.kind() == Token.Kind.NAME ? keyword.text() : "") {
      case "if" -> {
        tags.tag(line, "if " + condition(tokens));
        begin(new Block("if", line));
      }
      case "elif" -> elif(tokens, line);
      case "else" -> otherwise(tokens, line);
      case "endif" -> end("if", tokens, line);
      case "for" -> loop(tokens, line);
      case "endfor" -> end("for", tokens, line);
      case "set" -> set(tokens, line);
      case "endset" -> end("set", tokens, line);
      case "macro" -> macro(tokens, line);
      case "endmacro" -> endMacro(tokens, line);
      // Marks what the model is trained on for other trainers; changes nothing in the text.
      case "generation", "endgeneration" -> tokens.expectEnd();
      case "break", "continue" ->
          tags.print(line, constants.of(keyword.text() + " is not supported") + "|op_fail");
      default -> throw origin.refuse(line, "the tag " + keyword.shown() + " is not supported");
    }
  }

  private void elif(Tokens tokens, int line) {
    Block block = inside("if", "elif", line);
    if (block.hasElse()) {
      throw origin.refuse(line, "elif must not come after else");
    }
    tags.tag(line, "elif " + condition(tokens));
  }

  private void otherwise(Tokens tokens, int line) {
    tokens.expectEnd();
    Block block = open.peek();
    if (block == null || block.hasElse() || !(block.isLoop() || block.keyword().equals("if"))) {
      throw origin.refuse(line, "else must belong to an if or a for");
    }
    if (block.isLoop()) {
      endTurns(block, line);
      // A loop of at most one turn, and not an if: what is set inside is forgotten behind.
      tags.tag(line, "for " + tags.freshName() + " in " + loop(block).items() + "|op_once");
      tags.tag(line, "step loop");
    } else {
      tags.tag(line, "else");
    }
    block.beginElse();
  }

  private void end(String keyword, Tokens tokens, int line) {
    tokens.expectEnd();
    Block block = inside(keyword, "end" + keyword, line);
    open.pop();
    if (!block.isLoop()) {
      tags.tag(line, "end" + keyword);
    } else if (block.hasElse()) {
      tags.tag(line, "endfor");
    } else {
      endTurns(block, line);
    }
  }

  private void loop(Tokens tokens, int line) {
    List<String> variables = new ArrayList<>();
    do {
      variables.add(constants.variable(tokens.expectVariable()));
    } while (tokens.take(","));
    if (!tokens.takeName("in")) {
      throw tokens.refuse("'in' is wanted, not " + tokens.peek().shown());
    }
    ExpressionCompiler through = new ExpressionCompiler(constants, macros, tokens);
    String items =
        through.simple()
            + (variables.size() == 1
                ? "|op_items"
                : "|op_rows(" + constants.of((long) variables.size()) + ")");
    String kept = tags.freshName();
    if (tokens.takeName("if")) {
      collect(tokens, line, kept, variables, items);
    } else {
      if (tokens.peek().isName("recursive")) {
        throw tokens.refuse("recursive loops are not supported");
      }
      tokens.expectEnd();
      tags.tag(line, "set " + kept + " = " + items);
    }
    tags.tag(line, "for " + String.join(", ", variables) + " in " + kept);
    Block block = new Block("for", line);
    begin(block);
    loops.put(block, new Loop(kept, ImmutableSet.copyOf(variables), tags.reserve(line)));
  }

  /** The library has no loops with a condition: what meets it is gathered before. */
  private void collect(Tokens tokens, int line, String kept, List<String> variables, String items) {
    String item =
        variables.size() == 1
            ? variables.get(0)
            : "(" + constants.undefined() + "|op_list(" + String.join(", ", variables) + "))";
    if (tokens.has("loop")) {
      throw tokens.refuse("the condition of a for must not use loop");
    }
    tags.tag(line, "set " + kept + " = " + constants.undefined() + "|op_collector");
    tags.tag(line, "for " + String.join(", ", variables) + " in " + items);
    tags.tag(line, "step");
    tags.tag(line, "if " + condition(tokens));
    tags.print(line, "(" + kept + "|op_collect(" + item + "))");
    tags.tag(line, "endif");
    tags.tag(line, "endfor");
    tags.tag(line, "set " + kept + " = " + kept + "|op_collected");
  }

  /** Closes the turns of a loop. A variable that one turn sets is not there in the next. */
  private void endTurns(Block block, int line) {
    Loop loop = loop(block);
    List<String> forgotten =
        block.assigned().stream().filter(name -> !loop.variables().contains(name)).toList();
    tags.fill(loop.step(), "step " + String.join(" ", forgotten));
    tags.tag(line, "endfor");
  }

  private Loop loop(Block block) {
    Loop loop = loops.get(block);
    if (loop == null) {
      throw new IllegalStateException("a for without a loop");
    }
    return loop;
  }

  private void set(Tokens tokens, int line) {
    String name = constants.variable(tokens.expectVariable());
    if (tokens.take(".")) {
      String key = constants.of(tokens.next().text());
      tokens.expect("=");
      tags.print(line, name + "|op_assign(" + key + ", " + expression(tokens) + ")");
      return;
    }
    if (tokens.take("=")) {
      tags.tag(line, "set " + name + " = " + expression(tokens));
      assigned(name);
      return;
    }
    tokens.expectEnd();
    assigned(name);
    tags.tag(line, "set " + name);
    begin(new Block("set", line));
  }

  private void assigned(String variable) {
    open.stream().filter(Block::isScope).findFirst().ifPresent(block -> block.assign(variable));
  }

  private void macro(Tokens tokens, int line) {
    if (!open.isEmpty()) {
      throw origin.refuse(line, "a macro must not be inside of another block");
    }
    String name = tokens.expectVariable();
    tokens.expect("(");
    List<String> parameters = new ArrayList<>();
    while (!tokens.take(")")) {
      if (!parameters.isEmpty()) {
        tokens.expect(",");
      }
      String parameter = constants.variable(tokens.expectVariable());
      String value = tokens.take("=") ? constant(tokens) : constants.undefined();
      parameters.add(parameter + "=" + value);
    }
    tokens.expectEnd();
    tags.tag(line, "macro macro_" + name + "(" + String.join(", ", parameters) + ")");
    begin(new Block("macro", line));
    tags.tag(line, "step");
  }

  /** The library cannot read brackets among a macro's parameters. */
  private String constant(Tokens tokens) {
    Token token = tokens.peek();
    boolean constant =
        token.kind() == Token.Kind.STRING
            || token.kind() == Token.Kind.NUMBER
            || CONSTANTS.contains(token.text());
    if (!constant) {
      throw tokens.refuse("a macro's default must be text, a number or a constant");
    }
    tokens.next();
    Token end = new Token(Token.Kind.END, "", token.line());
    return expression(new Tokens(origin, List.of(token, end)));
  }

  private void endMacro(Tokens tokens, int line) {
    if (tokens.peek().kind() == Token.Kind.NAME) {
      tokens.next();
    }
    end("macro", tokens, line);
  }

  private void begin(Block block) {
    if (open.size() >= MAX_DEPTH) {
      throw origin.refuse(block.line(), "blocks must not be nested deeper than " + MAX_DEPTH);
    }
    open.push(block);
  }

  private Block inside(String keyword, String tag, int line) {
    Block block = open.peek();
    if (block == null || !block.keyword().equals(keyword)) {
      throw origin.refuse(line, tag + " must belong to an open " + keyword);
    }
    return block;
  }

  private String condition(Tokens tokens) {
    return expression(tokens) + "|op_true";
  }

  private String expression(Tokens tokens) {
    return new ExpressionCompiler(constants, macros, tokens).whole();
  }

  /** What a for goes through, its variables, and the place of what begins each turn. */
  private record Loop(String items, ImmutableSet<String> variables, int step) {}
}
