"""The suite proves itself: faulty servers, correct servers, and the matrix of what is found."""
