"""Addresses of public questions and of supervision: what stands in them, and who opens them."""

CASES = {
    "publicity.question": "question_shown",
    "publicity.my_question_appeal": "question_hidden",
    "publicity.my_question_verdict": "question_answered",
    "publicity.my_question_back": "question_answered",
    "publicity.desk_question": "question_waiting",
    "publicity.desk_answer": "question_shown",
}
WHO = {"publicity.desk_answer": "street_desk"}
NO_PAGE = {"feeds.questions_atom": "a feed for readers of news"}
